"""The n-gram model: probabilities against a plain count, its file, and what it changes in a reading."""

import io
import math
import tracemalloc
import zipfile
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import BundleError
from engine.evaluation.evaluate import evaluate
from engine.evaluation.test_sets import folder_samples
from engine.reading.bundle import describe_ngram, open_bundle, open_reader, save_bundle
from engine.training.ngram import learn
from glyphlab_read.reading.bundle import load_ngram
from glyphlab_read.reading.decoding.ctc import ctc_beam, ctc_best, ctc_best_by_weight, ctc_greedy
from glyphlab_read.reading.decoding.ngram import LENGTH_BONUS, NgramModel
from glyphlab_read.reading.manifest import NgramFile
from tests.helpers.tiny_bundles import CHARSET, draw_apart, graphs, manifest, save_labelled_folder, save_run_bundle

CHARACTERS = 3
TEXTS = st.lists(st.lists(st.integers(0, CHARACTERS - 1), max_size=4).map(tuple), min_size=1, max_size=8)


def learned(texts, characters=CHARACTERS, weight=1.0) -> NgramModel:
    return learn([np.array(text, dtype=np.int32) for text in texts], characters, weight)


def counted(texts, context: tuple[int, ...]) -> np.ndarray:
    """Witten and Bell's probability of each class after a context that begins with the start (-1), by plain counts."""
    shorter = np.full(CHARACTERS + 1, 1 / (CHARACTERS + 1)) if not context else counted(texts, context[1:])
    after = Counter(
        whole[place]
        for whole in [(-1, *text, CHARACTERS) for text in texts]
        for place in range(max(1, len(context)), len(whole))
        if whole[place - len(context) : place] == context
    )
    seen, kinds = sum(after.values()), len(after)
    if not seen or (len(context) > 2 and seen < 5):
        return shorter
    return (shorter * kinds + np.array([after[id] for id in range(CHARACTERS + 1)])) / (seen + kinds)


@given(TEXTS, st.lists(st.integers(0, CHARACTERS - 1), max_size=6).map(tuple))
def test_probabilities_are_those_of_plain_counts_to_a_sixteenth_of_a_nat(texts, begun):
    found = learned(texts).probabilities(begun)
    assert found.sum() == pytest.approx(1, abs=1e-5)
    assert np.abs(np.log(found) - np.log(counted(texts, (-1, *begun)[-6:]))).max() < 0.15


@given(TEXTS)
def test_a_model_survives_its_file(texts):
    model = learned(texts)
    again = NgramModel.from_bytes(model.to_bytes(), CHARACTERS, 1.0)
    for text in [(), (0,), *texts]:
        assert np.array_equal(model.probabilities(text), again.probabilities(text))
    assert model.to_bytes() == again.to_bytes()


def test_the_arrays_of_the_file_keep_their_names():
    with np.load(io.BytesIO(learned([(0, 1)]).to_bytes())) as arrays:
        assert {"keys_0", "counts_0", "rests_0", "classes_0", "shares_0", "keys_6"} <= set(arrays.files)


def test_a_model_of_another_charset_or_cut_is_refused():
    content = learned([(2, 2), (0, 1)]).to_bytes()
    with pytest.raises(BundleError, match="does not fit the charset"):
        NgramModel.from_bytes(content, 1, 1.0)
    for cut in (0, 10, len(content) // 2, len(content) - 1):
        with pytest.raises(BundleError, match="damaged"):
            NgramModel.from_bytes(content[:cut], CHARACTERS, 1.0)


def _packed(shape: str, kind: str = "<u4", zeros: int = 0) -> bytes:
    """Return an npz archive of an array of a declared shape and of zeros, which pack to a thousandth."""
    header = f"{{'descr': {kind!r}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        start = b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header
        archive.writestr("keys_0.npy", start + bytes(zeros))
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (_packed("(400_000_000,)".replace("_", ""), zeros=10_000_000), "1,600 MB unpacked"),
        (_packed("(1000000000000000000,)"), "MB unpacked"),
        (_packed("(-1,)"), "shape"),
        (_packed("(10, 10)"), "shape"),
        (_packed("(1,)", kind="|O"), "an array of"),
        (_packed("(1,)", kind="<U1000000000"), "damaged"),
        (_packed("(1,)", kind="<f8"), "an array of"),
        (_packed("(" * 5000), "damaged"),
        (b"PK\x05\x06" + bytes(18), "does not fit"),
        (b"no archive", "damaged"),
    ],
)
def test_an_archive_made_to_harm_is_refused_before_it_is_unpacked(content: bytes, words: str):
    tracemalloc.start()
    with pytest.raises(BundleError, match=words):
        NgramModel.from_bytes(content, CHARACTERS, 1.0)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


DOUBT = np.log(np.array([[0.96, 0.02, 0.01, 0.01], [0.02, 0.45, 0.52, 0.01], [0.01, 0.01, 0.01, 0.97]]))
"""Frames that say class 0, then 2 rather than 1, then the blank."""


def test_a_likely_text_is_read_where_the_image_leaves_a_doubt():
    model = learned([(0, 1)] * 50 + [(2,)] * 5)
    assert ctc_best(DOUBT, None).ids == ctc_greedy(DOUBT).ids == (0, 2)
    best = ctc_best(DOUBT, model)
    assert (best.ids, best.spans) == ((0, 1), ((0, 1), (1, 2)))
    assert best.confidences == pytest.approx((0.96, 0.45))  # of what the image shows, and so honest about the doubt
    assert [one.decoded.ids for one in ctc_beam(DOUBT, 2, model)] == [(0, 1), (0, 2)]


def test_one_search_reads_with_several_weights():
    model = learned([(0, 1)] * 50 + [(2,)] * 5)
    alone, little, own = ctc_best_by_weight(DOUBT, model, (0.0, 0.001, 1.0))
    assert (alone, own) == (ctc_greedy(DOUBT), ctc_best(DOUBT, model))
    assert little.ids == (0, 2)
    assert model.weighing(0.5).text_score((0, 1)) == pytest.approx(0.5 * model.text_score((0, 1)))


def test_a_higher_bonus_lets_longer_texts_win():
    texts = [(0,)] * 40 + [(0, 1)] * 4
    short, long = ((0,), (0, 1))
    content = learned(texts).to_bytes()
    by_bonus = {bonus: NgramModel.from_bytes(content, CHARACTERS, 1.0, bonus) for bonus in (0.0, 5.0)}
    assert by_bonus[0.0].text_score(short) > by_bonus[0.0].text_score(long)
    assert by_bonus[5.0].text_score(short) < by_bonus[5.0].text_score(long)
    assert by_bonus[5.0].weighing(0.5).text_score(long) == pytest.approx(0.5 * by_bonus[5.0].text_score(long))


def test_a_bundle_from_before_the_bonus_reads_as_it_did():
    described = describe_ngram(b"model", 0.6).plain()
    assert described.pop("length_bonus") == LENGTH_BONUS
    assert NgramFile.parse(described).length_bonus == 2.0


def test_a_sure_image_is_read_as_it_is_however_unlikely_its_text():
    sure = 9 * np.eye(4)[[0, 2, 3]]
    assert ctc_best(sure, learned([(0, 1)] * 1000)).ids == (0, 2)


def test_numbers_of_a_diverged_network_are_no_error():
    assert ctc_best(np.full((3, 4), np.nan), learned([(0, 1)])).ids == ()


@given(st.lists(st.floats(-4, 4, width=32), min_size=24, max_size=24), TEXTS)
def test_the_best_of_a_beam_is_the_likeliest_of_all_that_it_lists(numbers, texts):
    found = ctc_beam(np.array(numbers, dtype=np.float32).reshape(6, 4), 5, learned(texts, weight=0.5))
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert all(math.isfinite(one.score) for one in found)


@pytest.fixture
def bundle_with_ngram(workspace):
    """A tiny bundle whose n-gram model knows one text, and that model's bytes."""
    content = learned([(0, 1, 2)] * 9, len(CHARSET), 1.0).to_bytes()
    listed = manifest("ctc", language=describe_ngram(content, 1.0).plain())
    folder = save_run_bundle(workspace).folder.with_name("9")
    return save_bundle(folder, listed, graphs("ctc"), content), content


def test_a_bundle_keeps_its_model_and_reads_with_it(bundle_with_ngram, workspace):
    bundle, content = bundle_with_ngram
    assert load_ngram(open_bundle(bundle.folder, workspace)) == content
    for use_ngram in (False, True):
        reader = open_reader(bundle.folder, workspace, use_ngram=use_ngram)
        assert [reading.text for reading in reader.read_many([draw_apart("abc"), draw_apart("dd")])] == ["abc", "dd"]


def test_a_changed_model_is_refused(bundle_with_ngram, workspace):
    bundle, content = bundle_with_ngram
    (bundle.folder / "language.npz").write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(BundleError, match=r"language\.npz .* differs"):
        open_reader(bundle.folder, workspace)
    (bundle.folder / "language.npz").unlink()
    with pytest.raises(BundleError, match=r"language\.npz"):
        open_reader(bundle.folder, workspace)


def test_a_reading_keeps_the_text_by_the_image_alone(bundle_with_ngram, workspace, tmp_path):
    bundle, _ = bundle_with_ngram
    reader = open_reader(bundle.folder, workspace)
    [likely] = reader.read_many([draw_apart("abc")])
    [plain] = open_reader(bundle.folder, workspace, use_ngram=False).read_many([draw_apart("abc")])
    assert (likely.greedy_text, plain.greedy_text) == ("abc", None)
    labelled = save_labelled_folder(tmp_path, {"1.png": "abc", "2.png": ""}).parent  # the second is blank
    reader.deskew = False  # greys of a tiny reader stand for nothing in level views
    figures = evaluate(reader, folder_samples(labelled)).figures()
    assert figures["word_accuracy_alone"] == figures["word_accuracy"] == 1
    assert figures["interval_alone"] == figures["interval"]
