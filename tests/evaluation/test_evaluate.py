from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from engine.errors import DatasetError
from engine.evaluation.evaluate import evaluate, load_readings
from engine.evaluation.metrics import score
from engine.evaluation.test_sets import folder_samples
from tests.helpers.readings import readings
from tests.helpers.tiny_bundles import save_labelled_folder, tiny_reader

TEXTS = {"1.png": "abcd", "2.png": "aabb", "3.png": "dcba", "4.png": ""}


@pytest.fixture
def samples(tmp_path):
    folder = save_labelled_folder(tmp_path, TEXTS).parent
    labels = (folder / "labels.tsv").read_text()
    (folder / "labels.tsv").write_text(labels.replace("dcba", "dcbA"))
    return folder_samples(folder)


def test_each_image_has_a_row_and_the_score_is_over_all(samples):
    seen = []
    evaluation = evaluate(tiny_reader("ctc"), samples, seen.append)
    frame = evaluation.readings
    assert frame["text"].tolist() == ["abcd", "aabb", "dcba", ""]
    assert frame["right"].tolist() == [True, True, False, True]
    assert frame["edits"].tolist() == [0, 0, 1, 0]
    assert evaluation.score == score(frame["truth"], frame["text"])
    assert seen == [4]
    figures = evaluation.figures()
    assert figures["word_accuracy"] == 0.75
    assert figures["any_case_accuracy"] == 1
    assert figures["milliseconds_per_image"] > 0


def test_what_is_called_after_each_batch_may_stop_it(samples):
    def stop(done):
        raise InterruptedError(done)

    with pytest.raises(InterruptedError):
        evaluate(tiny_reader("ctc"), list(samples) * 100, stop)


FOREIGN: dict[str, dict[str, list[Any]]] = {
    "a text is missing": {"truth": [None, "dog"]},
    "a share is no number": {"confidence": [float("nan"), 0.5]},
    "a share is endless": {"weakest": [float("inf"), 0.5]},
    "edits that are not there": {"edits": [2**62, 1]},
    "edits are no JSON": {"path": ["nope", "[]"]},
    "edits are nested": {"path": ["[" * 4000, "[]"]},
    "edits of no texts": {"path": ['[[0,["c"],{}]]', "[]"]},
    "right is a word": {"right": ["no", "no"]},
    "texts are structures": {"text": [{"a": "cat"}, {"a": "dog"}]},
}


@pytest.mark.parametrize("case", FOREIGN)
def test_a_table_of_readings_that_somebody_else_wrote_is_told_as_damaged(tmp_path: Path, case: str):
    frame = readings({"0": ("cat", "car"), "1": ("dog", "dog")})
    pq.write_table(pa.Table.from_pandas(frame), tmp_path / "sound.parquet")
    assert load_readings(tmp_path / "sound.parquet").equals(frame)
    pq.write_table(pa.table({**frame.to_dict("list"), **FOREIGN[case]}), tmp_path / "other.parquet")
    with pytest.raises(DatasetError, match="damaged"):
        load_readings(tmp_path / "other.parquet")


def test_a_table_without_a_reading_is_told_as_damaged(tmp_path: Path):
    pq.write_table(pa.Table.from_pandas(readings({"0": ("a", "b")})).slice(0, 0), tmp_path / "empty.parquet")
    with pytest.raises(DatasetError, match="damaged"):
        load_readings(tmp_path / "empty.parquet")
