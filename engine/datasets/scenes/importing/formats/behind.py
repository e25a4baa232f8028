"""The text behind the corners in a line, where something else than a text seems to stand there, too.

Detectors write a score before or behind it, other tools a class, or quotes around it; only all lines together tell.
"""

import re
from collections.abc import Callable, Sequence

from engine.config.scene_rules import LineText, TextPart
from engine.sources.questions import ImportQuestion, Remedy

_LEAST = 3  # texts that tell
_MANY = 8  # texts of which a few beginnings are classes
_CLASSES = 3  # different beginnings of many texts
_SHARE = 0.9  # of the texts that look so
_SCORE = r"(?:0?\.\d+|1\.0*|0|1)"
_PATTERNS: tuple[tuple[TextPart, re.Pattern[str], str], ...] = (
    ("after", re.compile(rf"{_SCORE}\s*,.*\D.*", re.DOTALL), "begin with a number"),
    ("before", re.compile(rf".*\D.*,\s*{_SCORE}", re.DOTALL), "end with a number"),
    ("none", re.compile(r"0?\.\d+|1\.0+"), "are numbers between 0 and 1"),
    ("quoted", re.compile(r'\s*"[^"]*"\s*'), "stand in quotes"),
)
_WORD = re.compile(r"\s*([^\W\d_]+)\s*,")
_MEANINGS: dict[TextPart, str] = {
    "whole": "all of it is the text",
    "after": "the text is behind the first {}",
    "before": "the text is before the last {}",
    "quoted": "the text is in the quotes",
    "none": "there is no text",
}
_PARTS: dict[TextPart, Callable[[str], str]] = {
    "whole": str,
    "after": lambda text: text.partition(_separator(text))[2],
    "before": lambda text: text.rpartition(_separator(text))[0],
    "quoted": lambda text: text.strip().removeprefix('"').removesuffix('"'),
    "none": lambda text: "",
}


def text_part(texts: Sequence[str], wanted: LineText) -> TextPart:
    """Return which part of what stands behind corners is the text.

    Args:
        texts: some of a source.
        wanted: what the user said.

    Raises:
        ImportQuestion: more than a text seems to stand there, and nobody said what.
    """
    if wanted != "ask":
        return wanted
    known = [text for text in texts if text.strip()]
    if sum("\t" in text.strip() for text in known) > len(known) / 2:
        raise _question(known[0], "hold a tab", "before", "after")
    for part, pattern, words in _PATTERNS:
        if len(known) >= _LEAST and sum(bool(pattern.fullmatch(text)) for text in known) >= _SHARE * len(known):
            raise _question(known[0], words, part)
    begins = [match[1].casefold() for text in known if (match := _WORD.match(text))]
    if len(begins) >= max(_MANY, _SHARE * len(known)) and len(set(begins)) <= _CLASSES:
        raise _question(known[0], "begin with the same few words", "after")
    return "whole"


def _separator(text: str) -> str:
    """Return what parts a text from the rest: where a tab stands, a comma may be the text's own."""
    return "\t" if "\t" in text else ","


def _question(first: str, words: str, *parts: TextPart) -> ImportQuestion:
    choices: tuple[TextPart, ...] = (*parts, "whole")
    mark = "tab" if len(parts) > 1 else "comma"
    return ImportQuestion(
        f"What stands behind the corners may be more than a text: nearly all of them {words}, first {first[:60]!r}. "
        "Say what it is:",
        [Remedy(_MEANINGS[choice].format(mark), "line_text", choice) for choice in choices],
    )


def part_of(text: str | None, part: TextPart) -> str | None:
    """Return this part of what stands behind corners."""
    return None if text is None else _PARTS[part](text)
