"""Answers to an adaptation that waits, and the table of what its readers gained."""

from pathlib import Path

import pandas as pd

from bench.adaptation import answer, lines, scored
from engine.config.adapting import AdaptConfig
from engine.config.reading import TranscribeConfig
from engine.files import write_json
from engine.jobs import load_job, paths
from engine.jobs.events import EventWriter
from engine.sources.labelling import READING, labels_of
from engine.workspace import Workspace
from tests.dashboard import folders


def transcript(workspace: Workspace, *names: str) -> Path:
    """Make a transcript of images."""
    config = TranscribeConfig(path="mine")
    folder = folders.job(workspace, "transcripts", "transcribe", "mine", config, "finished").folder
    writer = EventWriter(folder / paths.EVENTS)
    for number, name in enumerate(names, 1):
        writer.append({"kind": READING, "step": number, "image": name, "text": "x", "confidence": 0.5, "sha256": name})
    writer.close()
    return folder


def test_only_what_it_waits_for_is_answered(workspace: Workspace):
    asked, judge = transcript(workspace, "a", "b", "c"), transcript(workspace, "d")
    made = folders.job(workspace, "adaptations", "adapt", "mine", AdaptConfig(path="mine"), None)
    write_json(made.folder / paths.SUMMARY, {"asks": {asked.name: 2, judge.name: 1}, "asked": ["a", "c"]})
    answer(workspace, load_job(workspace, "adaptations", made.id), {"a": "one", "b": "two", "d": "four"})
    given = {
        label.image: (label.text, label.state) for folder in (asked, judge) for label in labels_of(folder).values()
    }
    assert given == {"a": ("one", "right"), "c": ("", "out"), "d": ("four", "right")}
    assert labels_of(asked)["a"].sha256 == "a"


def rows(*texts: str, alone: str | None = None) -> pd.DataFrame:
    """Make the readings of images that all say word."""
    columns = {"name": list("abcdefgh"[: len(texts)]), "text": texts, "truth": "word", "right": False}
    return pd.DataFrame({**columns, "path": "[]", "confidence": 0.5, "alone": alone})


def test_gains_are_over_the_same_images_and_in_letters_and_digits():
    readers = {
        "starter": scored(rows("x", "x", "x", "Word")),
        "drawn images alone": scored(rows("x", "x", "word", "word")),
        "confirmed": scored(rows("WORD", "word!", "word", "word")),
    }
    first, second, third = (line.split("|")[3:-1] for line in lines("real", readers))
    assert [cell.strip() for cell in first] == ["0.0 %", "25.0 %", "", ""]
    assert [cell.strip() for cell in second][:2] == ["50.0 %", "50.0 %"]
    assert [cell.strip().split()[0] for cell in second[2:3]] == ["+25.0"]
    assert [cell.strip().split()[0] for cell in third] == ["50.0", "100.0", "+75.0", "+50.0"]


def test_a_reader_without_likely_texts_reads_the_same_by_the_image_alone():
    assert scored(rows("word"), alone=True).score.exact == 1
    assert scored(rows("word", alone="ward"), alone=True).score.exact == 0
