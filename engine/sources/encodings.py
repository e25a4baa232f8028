"""Encodings of what lies in a source: of its text files, and of names that do not say theirs.

A mark at the beginning, the zeros of UTF-16, and bytes that only UTF-8 gives are believed before a person's word, for
one source may hold both: a list in UTF-8 in an archive whose names are Windows'.

Names carry no mark. They are in UTF-8 if that decodes them and could not do so by chance, else as a person says; but
lists in the source that hold them in one encoding and not in another decide before both.
"""

import codecs
import html
import posixpath
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import get_args
from urllib.parse import unquote

from engine.config.importing import Encoding
from engine.formatting import count
from engine.sources.questions import ImportQuestion, Remedy

_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",  # before that of UTF-16, with which it begins
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_MANY_ZEROS = 0.2  # of all bytes on one side of the pairs: UTF-16 of a text with some ASCII in it
# One character of three bytes or four of two, which other encodings give by no chance.
_SURE = re.compile("[\u0800-\U0010ffff]|(?:[\x80-\u07ff][\x00-\x7f]*){4}")
_CODECS: dict[str, tuple[str, ...]] = {
    "shift_jis": ("shift_jis", "cp932"),
    "big5": ("big5", "cp950", "big5hkscs"),
    "euc_kr": ("euc_kr", "cp949"),
}
"""The encodings that Windows writes of these, where it holds more."""

_OF_NAMES = [name for name in get_args(Encoding) if name not in ("auto", "utf-8", "utf-16")]
_SAMPLE = 500  # names that lists are asked for
_APART = re.compile(r"[\s\"',;:|/\\\[\]{}()<>=]+")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_WORD = re.compile(r"[^\W\d_]+")
_FOREIGN = re.compile(r"[^\x00-\x7f]+")
_SHOWN = 8  # encodings that a question names, each with what it makes of a name


def codec_of(content: bytes, given: Encoding) -> str:
    """Return the codec of a text file, of which `content` may be the beginning.

    Args:
        content: its bytes.
        given: what a person says of it; auto where nobody said anything.
    """
    marked = (codec for mark, codec in _BYTE_ORDER_MARKS.items() if content.startswith(mark))
    told = next(marked, None) or _unmarked_utf16(content)
    if told is None and (given in ("auto", "utf-8") or _is_plainly_utf8(content)):
        return "utf-8"
    return told or given


def codec_of_names(names: Sequence[bytes], given: Encoding, lists: Iterable[bytes]) -> str | None:
    """Return the codec of a source's names; None where nothing tells it.

    Args:
        names: those that do not say their encoding, as they are stored.
        given: what a person says.
        lists: the contents of text files that may hold the names; read only if needed.
    """
    known = dict.fromkeys(codec for name in ("utf-8", *_OF_NAMES) for codec in _variants(name))
    able = [codec for codec in known if all(_decoded(name, codec) is not None for name in names)]
    sure = _without_lists(names, given, able)
    words = {word for content in lists for word in _words(_text(content, given))}
    if not words:
        return sure
    sample = names[:: max(1, len(names) // _SAMPLE)]
    counts = {codec: sum(_is_listed(name.decode(codec), words) for name in sample) for codec in able}
    best = max(counts, key=lambda codec: (counts[codec], codec == sure), default=None)
    return best if best is not None and counts[best] else sure


def _without_lists(names: Sequence[bytes], given: Encoding, able: Sequence[str]) -> str | None:
    """Return the codec among those that decode all names, by the names alone and by what a person says."""
    said = next((codec for codec in _variants(given) if codec in able), None)
    if "utf-8" not in able or said == "utf-8":
        return said
    texts = [unicodedata.normalize("NFC", name.decode()) for name in names]
    if _SURE.search("".join({word for text in texts for word in _FOREIGN.findall(text)})):
        return "utf-8"
    return said or ("utf-8" if all(_is_likely(text) for text in texts) else None)


def question(names: Sequence[bytes]) -> ImportQuestion:
    """Return the question for the encoding of names, with what some encodings would make of the first."""
    guesses: dict[str, str] = {}
    for encoding in _OF_NAMES:
        texts = [text for codec in _variants(encoding) if (text := _decoded(names[0], codec))]
        if texts and _is_likely(texts[0]):
            guesses.setdefault(posixpath.basename(texts[0]), encoding)
    shown = list(guesses.items())[:_SHOWN]
    images = count(len(names), "images")
    return ImportQuestion(
        f"The names of {images} are in another encoding, which nothing here tells, so they can be no labels and match "
        f"no list. {'Say how the first one reads.' if shown else 'Choose the encoding (encoding).'}",
        [Remedy(f"it is {text[:40]!r} by {encoding}", "encoding", encoding) for text, encoding in shown],
    )


def _unmarked_utf16(content: bytes) -> str | None:
    """Return the codec of UTF-16 without a byte-order mark: every other byte of its ASCII is zero."""
    head = content[:4096]
    zeros = [head[side::2].count(0) / max(1, len(head) // 2) for side in (0, 1)]
    if max(zeros) < _MANY_ZEROS or min(zeros) > max(zeros) / 4:
        return None
    return "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"


def _is_plainly_utf8(content: bytes) -> bool:
    """Say whether bytes are UTF-8 beyond doubt, perhaps cut within their last character."""
    try:
        text = codecs.getincrementaldecoder("utf-8")().decode(content)
    except UnicodeDecodeError:
        return False
    return not text.isascii() and _SURE.search(text) is not None


def _text(content: bytes, given: Encoding) -> str:
    """Return a list's text; empty where its encoding is not known, as it would agree with any."""
    try:
        text = content.decode(codec_of(content, given))
    except UnicodeDecodeError:
        return ""
    return html.unescape(unquote(_ESCAPED.sub(lambda code: chr(int(code[1], 16)), text)))


def _words(text: str) -> Iterable[str]:
    for word in _APART.split(unicodedata.normalize("NFC", text).casefold()):
        yield word
        yield posixpath.splitext(word)[0]


def _is_listed(name: str, words: set[str]) -> bool:
    """Say whether all parts of a name that are not ASCII stand in lists."""
    parts = _APART.split(unicodedata.normalize("NFC", name).casefold())
    return all(part.isascii() or part in words or posixpath.splitext(part)[0] in words for part in parts)


def _variants(encoding: str) -> tuple[str, ...]:
    """Return the codecs of an encoding, the strictest first."""
    return _CODECS.get(encoding, (encoding,))


def _decoded(name: bytes, codec: str) -> str | None:
    try:
        return name.decode(codec)
    except UnicodeDecodeError:
        return None


def _is_likely(name: str) -> bool:
    """Say whether a person may have given this name: no signs, and each word of one script and in one case."""
    if not all(character.isascii() or unicodedata.category(character)[0] in "LMN" for character in name):
        return False
    return all(_is_word(word) for word in _WORD.findall(name))


def _is_word(word: str) -> bool:
    scripts = {unicodedata.name(character, "").split(" ")[0] for character in word}
    one_case = word in (word.lower(), word.upper(), word.capitalize())
    return one_case and (len(scripts) == 1 or scripts <= {"CJK", "HIRAGANA", "KATAKANA"})
