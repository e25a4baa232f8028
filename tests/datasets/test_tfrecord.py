"""Records survive a round trip, faults never pass, and TensorFlow agrees in both directions."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.datasets.tfrecord import FeatureError, ImageRecord, decode_example, encode_example, frame, records, unframe

samples = st.builds(ImageRecord, st.binary(), st.text(st.characters(exclude_categories=["Cs"])), st.just("latin/Lato"))


@given(samples)
def test_a_record_survives_the_round_trip(record: ImageRecord):
    assert decode_example(unframe(frame(encode_example(record)))) == record


@given(st.lists(st.binary(), max_size=5))
def test_a_file_of_records_reads_back_with_offsets(payloads: list[bytes]):
    content = b"".join(map(frame, payloads))
    read = list(records(content))
    assert [payload for _, payload in read] == payloads
    assert all(content[offset:].startswith(frame(payload)) for offset, payload in read)


@given(st.binary(min_size=1, max_size=40), st.data())
def test_no_flipped_bit_and_no_cut_passes(payload: bytes, data: st.DataObject):
    record = frame(payload)
    place = data.draw(st.integers(0, len(record) * 8 - 1))
    flipped = bytearray(record)
    flipped[place // 8] ^= 1 << place % 8
    with pytest.raises(ValueError, match="record"):
        unframe(bytes(flipped))
    with pytest.raises(ValueError, match="record"):
        unframe(record[: data.draw(st.integers(0, len(record) - 1))])


@pytest.mark.parametrize("payload", [b"", b"\xff\xff", encode_example(ImageRecord(b"x", "y", ""))[:-2]])
def test_bytes_that_are_no_example_are_refused(payload: bytes):
    with pytest.raises(ValueError, match="not an image with a label"):
        decode_example(payload)


def part(number: int, content: bytes) -> bytes:
    """A field of a protobuf message, of fewer than 128 bytes."""
    return bytes([number << 3 | 2, len(content)]) + content


def example_of(**features: bytes | int) -> bytes:
    """An Example of other features than aocr's; a / stands as __ in their names."""
    entries = []
    for name, value in features.items():
        feature = part(3, part(1, bytes([value]))) if isinstance(value, int) else part(1, part(1, value))
        entries.append(part(1, part(1, name.replace("__", "/").encode()) + part(2, feature)))
    return part(1, b"".join(entries))


def test_the_features_of_other_programs_are_read_or_named():
    fsns = example_of(image__encoded=b"x", image__width=9, image__text="é".encode())
    assert decode_example(fsns) == ImageRecord(b"x", "é", "")
    assert decode_example(example_of(image_raw=b"x", label=3, text=b"three")).label == "three"
    with pytest.raises(FeatureError, match="it has the features image/class, image/encoded"):
        decode_example(example_of(image__encoded=b"x", image__class=9))


TENSORFLOW = """
import json, sys
import tensorflow as tf
from engine.datasets.tfrecord import decode_example, records  # our declaration beside TensorFlow's, in one process
ours, theirs = sys.argv[1:]
spec = {name: tf.io.FixedLenFeature([], tf.string) for name in ("image", "label", "comment")}
rows = [tf.io.parse_single_example(row, spec) for row in tf.data.TFRecordDataset(ours)]
values = [[row[name].numpy() for name in ("image", "label", "comment")] for row in rows]
print(json.dumps([[image.hex(), label.decode(), comment.decode()] for image, label, comment in values]))
with tf.io.TFRecordWriter(theirs) as writer:
    for row in rows:
        feature = {name: tf.train.Feature(bytes_list=tf.train.BytesList(value=[row[name].numpy()])) for name in spec}
        writer.write(tf.train.Example(features=tf.train.Features(feature=feature)).SerializeToString())
"""


@pytest.mark.heavy
def test_tensorflow_reads_ours_and_we_read_tensorflows(tmp_path: Path):
    written = [ImageRecord(bytes([number]) * number, f"ßetext {number}", "latin/Lato") for number in range(1, 4)]
    ours, theirs = tmp_path / "ours", tmp_path / "theirs"
    ours.write_bytes(b"".join(frame(encode_example(record)) for record in written))
    command = [sys.executable, "-c", TENSORFLOW, ours, theirs]
    child = subprocess.run(command, capture_output=True, text=True, check=True, timeout=240)
    assert json.loads(child.stdout) == [[record.image.hex(), record.label, record.comment] for record in written]
    assert [decode_example(payload) for _, payload in records(theirs.read_bytes())] == written
