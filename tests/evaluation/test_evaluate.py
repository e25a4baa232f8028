import pytest

from engine.evaluation.evaluate import evaluate
from engine.evaluation.metrics import score
from engine.evaluation.test_sets import folder_samples
from glyphlab_read.reading.reader import Reader
from tests.helpers.tiny_bundles import graphs, manifest, save_labelled_folder

TEXTS = {"1.png": "abcd", "2.png": "aabb", "3.png": "dcba", "4.png": ""}


@pytest.fixture
def samples(tmp_path):
    folder = save_labelled_folder(tmp_path, TEXTS).parent
    labels = (folder / "labels.tsv").read_text()
    (folder / "labels.tsv").write_text(labels.replace("dcba", "dcbA"))
    return folder_samples(folder)


def test_each_image_has_a_row_and_the_score_is_over_all(samples):
    seen = []
    evaluation = evaluate(Reader(manifest("ctc"), graphs("ctc")), samples, seen.append)
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
        evaluate(Reader(manifest("ctc"), graphs("ctc")), samples * 100, stop)
