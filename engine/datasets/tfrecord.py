"""aocr's files: TFRecord framing, and a `tensorflow.Example` of one image with its label in each record.

A record is length, checksum of the length, payload, checksum of the payload; all little-endian. A file cut between two
records still reads without a fault, which is why datasets state sizes and counts beside their shards. No TensorFlow is
needed: the message is declared in a descriptor pool of its own, so that a process may load TensorFlow's declaration
too. This module opens no files.
"""

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import google_crc32c
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

_HEADER = struct.Struct("<QI")
_CHECKSUM = struct.Struct("<I")
OVERHEAD = _HEADER.size + _CHECKSUM.size  # bytes a record takes beside its payload
_IMAGE_FEATURES = ("image", "image/encoded", "image_raw", "image_bytes", "image_data", "encoded", "img", "jpeg", "png")
_LABEL_FEATURES = (
    "label",
    "image/text",
    "text",
    "image/transcript",
    "transcription",
    "transcript",
    "words",
    "word",
    "gt",
)
_FIELD = descriptor_pb2.FieldDescriptorProto


def frame(payload: bytes) -> bytes:
    """Return one record, ready to be appended to a file."""
    length = struct.pack("<Q", len(payload))
    return b"".join([length, _CHECKSUM.pack(_masked(length)), payload, _CHECKSUM.pack(_masked(payload))])


def unframe(record: bytes) -> bytes:
    """Return the payload of exactly one record.

    Raises:
        ValueError: the bytes are cut, too many, or not those that were written.
    """
    if len(record) < OVERHEAD:
        raise ValueError("a record is cut")
    length, checksum = _HEADER.unpack_from(record)
    payload = record[_HEADER.size : -_CHECKSUM.size]
    if _masked(record[:8]) != checksum or length != len(payload):
        raise ValueError("a record is cut or does not start where it should")
    if _masked(payload) != _CHECKSUM.unpack(record[-_CHECKSUM.size :])[0]:
        raise ValueError("a record fails its checksum")
    return payload


def records(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield offset and payload of each record of a whole file. Raises ValueError as `unframe` does."""
    offset = 0
    while offset < len(content):
        if offset + OVERHEAD > len(content):
            raise ValueError("the last record is cut")
        (length,) = struct.unpack_from("<Q", content, offset)
        end = offset + length + OVERHEAD
        yield offset, unframe(content[offset:end])
        offset = end


def _masked(content: bytes) -> int:
    """Return the CRC-32C of bytes, turned and shifted as the format asks, so that checksums of checksums differ."""
    crc = google_crc32c.value(content)
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


class ImageRecord(NamedTuple):
    """One sample as it is stored: encoded image bytes, the text on it, and words for people."""

    image: bytes
    label: str
    comment: str


def encode_example(record: ImageRecord) -> bytes:
    """Return a record as a serialised Example; equal records give equal bytes."""
    values = {"image": record.image, "label": record.label.encode(), "comment": record.comment.encode()}
    example = _EXAMPLE()
    for name, value in values.items():
        example.features.feature[name].bytes_list.value.append(value)
    return example.SerializeToString(deterministic=True)


class FeatureError(ValueError):
    """The features of an Example are not those of an image with its label."""


def decode_example(payload: bytes) -> ImageRecord:
    """Return the record of a serialised Example. A missing comment is empty.

    The names of aocr's features go before those that other programs give an image and its text.

    Raises:
        FeatureError: it holds other features.
        ValueError: these bytes are no Example, or its label is no UTF-8.
    """
    example = _EXAMPLE()
    try:
        example.ParseFromString(payload)
    except DecodeError as error:
        raise ValueError(f"not an image with a label ({error})") from None
    values = {name: feature.bytes_list.value for name, feature in example.features.feature.items()}
    image, label = _feature(values, _IMAGE_FEATURES), _feature(values, _LABEL_FEATURES)
    if image is None or label is None:
        names = ", ".join(sorted(name[:40] for name in values)[:20]) or "none"
        raise FeatureError(f"not an image with a label: it has the features {names}")
    comment = _feature(values, ("comment",)) or b""
    return ImageRecord(image, label.decode(), comment.decode(errors="replace"))


def _feature(values: Mapping[str, Sequence[bytes]], names: Iterable[str]) -> bytes | None:
    """Return the only value of the first of these features that has one."""
    return next((values[name][0] for name in names if name in values and len(values[name]) == 1), None)


def _example_class() -> Any:
    file = descriptor_pb2.FileDescriptorProto(name="example.proto", package="glyphlab", syntax="proto3")
    _message(file, "BytesList", ("value", 1, _FIELD.LABEL_REPEATED, None))
    _message(file, "Feature", ("bytes_list", 1, _FIELD.LABEL_OPTIONAL, "BytesList"))
    features = _message(file, "Features", ("feature", 1, _FIELD.LABEL_REPEATED, "Features.FeatureEntry"))
    entry = features.nested_type.add(name="FeatureEntry")
    entry.options.map_entry = True
    entry.field.add(name="key", number=1, type=_FIELD.TYPE_STRING, label=_FIELD.LABEL_OPTIONAL)
    _add(entry, ("value", 2, _FIELD.LABEL_OPTIONAL, "Feature"))
    _message(file, "Example", ("features", 1, _FIELD.LABEL_OPTIONAL, "Features"))
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return message_factory.GetMessageClass(pool.FindMessageTypeByName("glyphlab.Example"))


_Field = tuple[str, int, Any, str | None]


def _message(file: Any, name: str, field: _Field) -> Any:
    message = file.message_type.add(name=name)
    _add(message, field)
    return message


def _add(message: Any, field: _Field) -> None:
    """Add one field: bytes, or a message of the type that is named."""
    name, number, label, kind = field
    if kind is None:
        message.field.add(name=name, number=number, label=label, type=_FIELD.TYPE_BYTES)
    else:
        message.field.add(
            name=name, number=number, label=label, type=_FIELD.TYPE_MESSAGE, type_name=f".glyphlab.{kind}"
        )


_EXAMPLE = _example_class()
