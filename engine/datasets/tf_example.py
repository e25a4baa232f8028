"""aocr's records: one image, its label and a comment as a `tensorflow.Example`, without TensorFlow.

The message is declared in a descriptor pool of its own, so that a process may load TensorFlow's declaration too. This
module frames no records and opens no files.
"""

from typing import Any, NamedTuple

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

_FIELD = descriptor_pb2.FieldDescriptorProto


class ImageRecord(NamedTuple):
    """One sample as it is stored: encoded image bytes, the text on it, and words for people."""

    image: bytes
    label: str
    comment: str


def encode(record: ImageRecord) -> bytes:
    """Return a record as a serialised Example; equal records give equal bytes."""
    values = {"image": record.image, "label": record.label.encode(), "comment": record.comment.encode()}
    example = _EXAMPLE()
    for name, value in values.items():
        example.features.feature[name].bytes_list.value.append(value)
    return example.SerializeToString(deterministic=True)


def decode(payload: bytes) -> ImageRecord:
    """Return the record of a serialised Example. A missing comment is empty.

    Raises:
        ValueError: these bytes are no such Example, or image or label is missing.
    """
    example = _EXAMPLE()
    try:
        example.ParseFromString(payload)
        values = {name: feature.bytes_list.value[0] for name, feature in example.features.feature.items()}
        return ImageRecord(values["image"], values["label"].decode(), values.get("comment", b"").decode())
    except (DecodeError, KeyError, IndexError) as error:
        raise ValueError(f"not an image with a label ({error})") from None


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
