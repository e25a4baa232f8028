import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import external_data_helper
from PIL import Image

from engine.errors import BundleError, ConfigError
from engine.reading.bundle import open_reader
from glyphlab_read.reading.onnx_network import WIDEST_BEAM, trials
from glyphlab_read.reading.preprocess import Preprocessing
from glyphlab_read.reading.reader import Reader
from tests.helpers.tiny_bundles import CHARSET, GREYS, draw, draw_apart, graphs, manifest, save_run_bundle, tiny_reader

TEXTS = st.text(alphabet=CHARSET, max_size=12)


@pytest.fixture(scope="module")
def ctc():
    return tiny_reader("ctc")


@pytest.fixture(scope="module")
def attention():
    return tiny_reader("attention")


def places(reading):
    return np.array([(character.start, character.end) for character in reading.characters]).reshape(-1, 2)


@given(TEXTS)
def test_ctc_reads_what_was_drawn(ctc, text):
    assert ctc.read_many([draw_apart(text)])[0].text == text


@given(TEXTS)
def test_attention_reads_what_was_drawn(attention, text):
    reading = attention.read_many([draw(text, frames_each=1)])[0]
    assert reading.text == text
    frames = max(len(text) + 1, 4)
    assert places(reading) == pytest.approx(np.array([(i, i + 1) for i in range(len(text))]).reshape(-1, 2) / frames)


def test_ctc_merges_equal_neighbours_without_white_between_them(ctc):
    assert ctc.read_many([draw("aabb")])[0].text == "ab"


def test_characters_are_found_where_they_are(ctc):
    reading = ctc.read_many([draw("abcd", frames_each=3)])[0]
    assert places(reading) == pytest.approx(np.array([(3 * i, 3 * i + 3) for i in range(4)]) / 13)
    assert reading.confidence > 0.99
    assert reading.weakest <= reading.confidence


def test_a_reading_depends_neither_on_its_neighbours_nor_on_its_place(ctc):
    texts = ["ab", "a" + "dcb" * 3, "ac", "adcbabd", "ab"] * 9
    images = [draw_apart(text) for text in texts]
    together = ctc.read_many(images)
    assert [reading.text for reading in together] == texts
    for image, reading in zip(images[:5], together, strict=False):
        alone = ctc.read_many([image])[0]
        assert (alone.text, alone.confidence, alone.characters) == (
            reading.text,
            reading.confidence,
            reading.characters,
        )


def test_no_more_is_read_at_once_than_was_tried(monkeypatch):
    reader = tiny_reader("ctc", preprocessing=Preprocessing(height=32, max_width=1024, multiple=32))
    run, seen = reader.network.run, []
    monkeypatch.setattr(reader.network, "run", lambda name, **given: seen.append(given["image"]) or run(name, **given))
    images = [draw("abcd", frames_each=frames) for frames in (5, 16, 60) for _ in range(40)]
    assert {reading.text for reading in reader.read_many(images)} == {"abcd"}
    most = [(tried[0], tried[2], tried[0] * tried[2]) for tried in (each["image"] for each in trials(reader.manifest))]
    for count, _, width, _ in (batch.shape for batch in seen):
        assert count <= max(images for images, *_ in most)
        assert width <= max(columns for _, columns, _ in most)
        assert count * width <= max(total for *_, total in most)


def test_padding_is_not_read(ctc):
    """Padding has the grey of c; only the frames over the image count."""
    assert ctc.read_many([draw("abd")])[0].text == "abd"


@pytest.mark.parametrize("beam", [0, 4])
def test_a_trace_shows_what_was_seen_and_where_each_character_was_read(ctc, attention, beam):
    for reader in (ctc, attention):
        image = draw("dab", frames_each=1)
        plain, traced = reader.read_many([image], beam)[0], reader.read_many([image], beam, trace=True)[0]
        assert (plain.text, plain.characters, plain.trace) == (traced.text, traced.characters, None)
        trace = traced.trace
        assert (trace.seen == reader.manifest.preprocessing.prepare(image)).all()
        assert (trace.frame, trace.weights.shape) == (4, (3, 4))
        assert trace.weights.argmax(axis=1).tolist() == [0, 1, 2]
        assert trace.weights.max(axis=1) == pytest.approx([1, 1, 1], abs=0.01)


def test_of_an_image_that_says_nothing_the_trace_is_empty(ctc, attention):
    for reader in (ctc, attention):
        assert reader.read_many([draw("")], trace=True)[0].trace.weights.shape == (0, 4)


def test_white_reads_as_nothing_with_no_confidence(ctc, attention):
    for reader in (ctc, attention):
        reading = reader.read_many([draw("")])[0]
        assert (reading.text, reading.confidence, reading.weakest, reading.characters) == ("", 0.0, 0.0, ())


def test_in_a_blank_image_nothing_is_read_whatever_a_network_makes_of_it(ctc, attention):
    for reader in (ctc, attention):
        images = [Image.new("L", (40, 32), GREYS["a"]), draw("ab"), Image.new("P", (1, 1))]
        found = reader.read_many(images, trace=True)
        assert [(bool(one.text), one.blank) for one in found] == [(False, True), (True, False), (False, True)]
        assert found[0].confidence == found[0].weakest == 0
        assert found[0].trace.weights.shape[0] == 0


def test_attention_stops_at_the_longest_text(attention):
    assert len(attention.read_many([draw("abcd", frames_each=6)])[0].text) == 12


def test_nothing_to_read_gives_no_readings(ctc):
    assert ctc.read_many([]) == []


@pytest.mark.parametrize("size", [(1, 1), (1, 500), (4000, 1), (3, 40)])
@pytest.mark.parametrize("mode", ["RGB", "L", "RGBA", "1"])
def test_any_size_and_mode_can_be_read(ctc, attention, size, mode):
    for reader in (ctc, attention):
        assert len(reader.read_many([Image.new(mode, size)])) == 1


@pytest.mark.parametrize("kind", ["ctc", "attention"])
def test_a_bundle_on_disk_reads_the_same(workspace, kind):
    bundle = save_run_bundle(workspace, kind)
    assert open_reader(bundle.folder, workspace).read_many([draw("abcd", frames_each=1)])[0].text == "abcd"


def test_a_graph_that_is_no_onnx_is_refused():
    with pytest.raises(BundleError, match="cannot be run"):
        Reader(manifest("ctc"), {"network": b"not a network"})


def test_weights_outside_the_checked_file_are_refused(tmp_path, monkeypatch):
    """ONNX may keep weights in another file, which no hash of ours would cover."""
    model = onnx.load_from_string(graphs("ctc")["network"])
    external_data_helper.convert_model_to_external_data(model, location="weights.bin", size_threshold=50)
    onnx.save(model, tmp_path / "network.onnx")
    monkeypatch.chdir(tmp_path)
    assert (tmp_path / "weights.bin").is_file()
    with pytest.raises(BundleError, match="cannot be run"):
        Reader(manifest("ctc"), {"network": (tmp_path / "network.onnx").read_bytes()})


def test_a_graph_with_other_inputs_is_refused():
    with pytest.raises(BundleError, match="the format says"):
        Reader(manifest("ctc"), {"network": graphs("attention")["encoder"]})


def test_a_graph_for_another_charset_is_refused():
    with pytest.raises(BundleError, match="5 classes, its charset 3"):
        Reader(manifest("ctc", charset="ab"), graphs("ctc"))


def test_times_add_up(ctc):
    readings = ctc.read_many([draw_apart("ab")] * 4)
    assert all(reading.seconds > 0 for reading in readings)
    assert np.ptp([reading.seconds for reading in readings]) < 1e-9


@pytest.mark.parametrize("beam", [1, 3])
def test_beam_search_reads_what_was_drawn_and_ranks_its_readings(ctc, attention, beam):
    images = {ctc: [draw_apart(text) for text in ("ab", "dcba", "")], attention: [draw(t, 1) for t in ("ab", "d", "")]}
    for reader, drawn in images.items():
        for reading, greedy in zip(reader.read_many(drawn, beam), reader.read_many(drawn), strict=True):
            assert (reading.text, places(reading).tolist()) == (greedy.text, places(greedy).tolist())
            assert reading.candidates[0].text == reading.text
            assert 1 <= len({one.text for one in reading.candidates}) == len(reading.candidates) <= beam
            assert all(0 <= one.probability <= 1 for one in reading.candidates)
            assert greedy.candidates == ()


@pytest.mark.parametrize("beam", [-1, WIDEST_BEAM + 1])
def test_a_beam_too_narrow_or_too_wide_is_refused(ctc, beam):
    with pytest.raises(ConfigError, match=rf"beam: {beam} was given.*1 to {WIDEST_BEAM}.*Choose"):
        ctc.read_many([], beam)
