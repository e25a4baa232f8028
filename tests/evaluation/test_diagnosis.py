"""Diagnosis of a run's curves: each sentence where it is due, and none where nothing is wrong."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from engine.evaluation.diagnosis import Frames, findings, last_error
from engine.jobs import Job, State

RUN = Job(
    id="0" * 26,
    kind="train",
    name="run 1",
    created=datetime.now(UTC),
    device="cpu",
    config={"batch": 64},
    state=State.running,
    message="",
    progress=None,
    summary={},
    folder=Path(),
    collection="runs",
)
PLATEAU = (2.0, 1.0, 1.01, 1.02, 1.0, 1.0)
FALLING = [3.0 - number / 20 for number in range(40)]


def frames(
    train: Sequence[float] = FALLING,
    validation: Sequence[float] = (2.0, 1.5, 1.0),
    epochs: int = 3,
    **more: float,
) -> Frames:
    """Return frames of a run with these losses; a validation every `epochs` epochs."""
    steps = range(1, len(train) + 1)
    places = range(1, len(validation) + 1)
    return {
        "train": pd.DataFrame({"step": steps, "loss": train, **more}),
        "validation": pd.DataFrame(
            {"step": [10 * n for n in places], "epoch": [epochs * n for n in places], "loss": validation}
        ),
    }


def words(run: Job = RUN, seen: Frames | None = None, log: str = "") -> str:
    return " ".join(finding.text for finding in findings(run, seen or frames(), log))


def test_nothing_is_said_of_a_run_that_learns_well():
    assert words() == ""


@pytest.mark.parametrize(
    ("seen", "due"),
    [
        (frames(validation=PLATEAU), "not improved for 12 epochs. Best at step 20: loss 1."),
        (frames(validation=PLATEAU, epochs=0), "not improved for 4 validations"),
        (frames(validation=(2.0, 1.0, 1.2, 1.4, 1.6)), "begins to overfit"),
        (frames(train=[*FALLING, math.nan]), "no longer a number (NaN)"),
        (frames(waiting=0.4), "Starved for data: it waits for images 40.0 % of the time"),
        (frames(gpu=0.1), "GPU works only 10.0 % of the time"),
    ],
    ids=["no progress in epochs", "no progress in validations", "overfits", "NaN", "starved", "idle GPU"],
)
def test_each_symptom_is_named(seen: Frames, due: str):
    assert due in words(seen=seen)


@pytest.mark.parametrize(("won", "lost", "due"), [(2, 14, True), (5, 9, False), (14, 2, False)])
def test_texts_unlike_those_that_were_learned_are_named_where_more_than_chance_tells(won: int, lost: int, due: bool):
    rows = {"step": [10, 20], "dataset": "a", "dataset_name": "serial numbers", "images": 100}
    watched = pd.DataFrame({**rows, "likely_won": [0, won], "likely_lost": [50, lost]})
    said = words(seen={**frames(), "watched": watched})
    assert ("mislead it on serial numbers: 12 images more are read by the image alone" in said) == due
    assert ("mislead" in said) == due


@pytest.mark.parametrize(("others", "due"), [(10, True), (20, False)])
def test_of_many_test_sets_one_that_chance_may_mislead_is_not_named(others: int, due: bool):
    names = ["serial numbers", *map(str, range(others))]
    won, lost = [2, *[5] * others], [14, *[5] * others]  # p = 0.004 of the first one alone
    tests = pd.DataFrame({"dataset": names, "likely_won": won, "likely_lost": lost})
    assert ("mislead it on serial numbers" in words(seen={**frames(), "test": tests})) == due


def test_a_plateau_is_one_of_accuracy_where_there_is_one():
    seen = frames(validation=PLATEAU)
    rising = seen["validation"].assign(word_accuracy=[0.1, 0.2, 0.3, 0.4, 0.5, 0.6], cer=0.5)
    assert "not improved" not in words(seen={**seen, "validation": rising})
    level = seen["validation"].assign(word_accuracy=[0.1, 0.5, 0.5, 0.5, 0.4, 0.3], cer=0.5)
    assert "not improved for 12 epochs. Best at step 20: 50.0 % of the words right." in words(
        seen={**seen, "validation": level}
    )


def test_writing_nothing_at_first_is_fine():
    nothing = [{"image": 1, "truth": "cat", "text": "", "confidences": []}]
    seen = {**frames(), "pinned": pd.DataFrame({"step": [10], "readings": [nothing]})}
    [finding] = findings(RUN, seen)
    assert "writes nothing yet" in finding.text
    assert finding.level == "fine"


def scored(*accuracies: float, steps: int) -> Frames:
    """Return frames of a run of so many steps whose validations read these shares of the words."""
    validation = {"step": range(1, len(accuracies) + 1), "loss": 1.0, "word_accuracy": accuracies, "cer": 0.5}
    return {"train": pd.DataFrame({"step": [1, steps], "loss": 1.0}), "validation": pd.DataFrame(validation)}


def test_a_run_that_learned_nothing_says_so_and_what_to_do():
    done = replace(RUN, state=State.finished)
    assert "46 steps are too few" in words(done, scored(0.0, 0.0, steps=46))
    assert "Clone it with more time" in words(done, scored(0.0, 0.002, steps=46))
    assert "next to nothing yet: 1.3 % of the words right. 68 steps are too few" in words(
        done, scored(0.0, 0.013, steps=68)
    )
    assert "9,000 steps brought no more. Look at its images and labels" in words(done, scored(0.0, 0.0, steps=9000))
    assert "nothing" not in words(RUN, scored(0.0, 0.0, steps=46)), "it still learns"


def test_a_run_that_is_done_says_how_good_it_is_and_whether_more_time_promises_more():
    done = replace(RUN, state=State.finished)
    assert words(done, scored(0.4, 0.768, 0.768, steps=900)) == (
        "It is done. Its best validation: 76.8 % of the words right."
    )
    assert "The last one still gained 10.0 points: more time may help." in words(done, scored(0.4, 0.5, steps=900))
    assert "It is done" not in words(RUN, scored(0.4, 0.5, steps=900))


def test_out_of_memory_names_the_batch_to_try_unless_the_message_does():
    full = replace(RUN, state=State.out_of_memory)
    assert "Clone it with 32" in words(full)
    assert words(replace(full, message="Set batch to 32.")) == ""


def test_the_last_error_is_taken_from_the_log():
    log = 'Traceback:\n  File "x"\nValueError: first\nepoch 2\nkeras.src.errors.ShapeError: shapes (3,) differ\n done'
    assert last_error(log) == "keras.src.errors.ShapeError: shapes (3,) differ"
    assert last_error("all is well; no Error: in the middle of a line") is None
    failed = replace(RUN, state=State.failed, message="The process ended with exit code 1")
    assert "ShapeError: shapes (3,) differ" in words(failed, log=log)
    assert words(replace(failed, message="keras.src.errors.ShapeError: shapes (3,) differ"), log=log) == ""
