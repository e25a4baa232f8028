r"""Text patterns such as `[A-Z]{3}-\d{4}`: a small language, parsed here by hand and never handed to `re`.

It has characters that stand for themselves, classes `[A-Z0-9]`, `\d` (a digit), `\w` (a letter a to z of either case,
or a digit), groups `( )`, choices `|`, and how often: `?`, `{n}`, `{m,n}`. Everything has an end, so that the longest
text is known before any is drawn. This module draws nothing.
"""

import functools
import string
import unicodedata
from dataclasses import dataclass

LONGEST = 100  # characters of a text; also the most that `{n}` may say
_DEEPEST = 8  # groups within groups
_LARGEST_CLASS = 30_000  # characters; all of Unicode's Han characters in common use fit
_SPECIAL = r"\.^$*+?()[]{}|"
_CLASSES = {"d": string.digits, "w": string.ascii_letters + string.digits}
_UNBOUNDED = {"*": "{0,8}", "+": "{1,8}"}
_HINTS = {
    ".": r"write \. for a full stop, or a class such as [A-Z] for a choice",
    "^": r"a pattern always stands for the whole text, so leave it out, or write \^",
    "$": r"a pattern always stands for the whole text, so leave it out, or write \$ for a dollar",
}


@dataclass(frozen=True)
class CharacterClass:
    """One of these characters, all equally often."""

    characters: str


@dataclass(frozen=True)
class Sequence:
    """Parts, one after another."""

    parts: tuple["Part", ...]


@dataclass(frozen=True)
class Choice:
    """One of these branches, all equally often."""

    branches: tuple["Part", ...]


@dataclass(frozen=True)
class Repeat:
    """A part, drawn `least` to `most` times independently."""

    part: "Part"
    least: int
    most: int


Part = CharacterClass | Sequence | Choice | Repeat


@functools.lru_cache(maxsize=256)
def parse(pattern: str) -> Part:
    """Return the parts of a pattern.

    Raises:
        ValueError: it is not understood, or stands for texts of more than 100 characters; the text names the place,
            what stands there and what to write instead.
    """
    parser = _Parser(pattern)
    whole = parser.choice(0)
    if not parser.done:
        raise parser.fault(f"{parser.here!r} closes nothing; write \\{parser.here}")
    if longest(whole) > LONGEST:
        raise ValueError(f"The pattern stands for texts of up to {longest(whole)} characters; {LONGEST} is the most")
    return whole


def longest(part: Part) -> int:
    """Return the characters of the longest text a part stands for."""
    match part:
        case CharacterClass():
            return 1
        case Sequence(parts):
            return sum(map(longest, parts))
        case Choice(branches):
            return max(map(longest, branches))
        case Repeat(inner, _, most):
            return most * longest(inner)


def alphabet(part: Part) -> frozenset[str]:
    """Return every character that may stand in a text of a part."""
    match part:
        case CharacterClass(characters):
            return frozenset(characters)
        case Sequence(parts) | Choice(parts):
            return frozenset().union(*map(alphabet, parts))
        case Repeat(inner):
            return alphabet(inner)


class _Parser:
    """A parser of one pattern, from left to right."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._place = 0

    @property
    def done(self) -> bool:
        return self._place == len(self._pattern)

    @property
    def here(self) -> str:
        return self._pattern[self._place : self._place + 1]

    def fault(self, what: str) -> ValueError:
        return ValueError(f"The pattern is not understood at character {self._place + 1}: {what}")

    def choice(self, depth: int) -> Part:
        branches = [self._sequence(depth)]
        while self._accept("|"):
            branches.append(self._sequence(depth))
        return Choice(tuple(branches)) if len(branches) > 1 else branches[0]

    def _sequence(self, depth: int) -> Part:
        parts: list[Part] = []
        while not self.done and self.here not in "|)":
            parts.append(self._repeated(self._one(depth)))
        if not parts:
            raise self.fault("nothing stands here; write something, or ? after what may be missing")
        return Sequence(tuple(parts)) if len(parts) > 1 else parts[0]

    def _one(self, depth: int) -> Part:
        if self._accept("("):
            if depth == _DEEPEST:
                raise self.fault(f"groups stand within groups {_DEEPEST} deep at most")
            inner = self.choice(depth + 1)
            if not self._accept(")"):
                raise self.fault("a group is not closed; write )")
            return inner
        if self._accept("["):
            return self._class()
        if self.here == "\\":
            return CharacterClass(self._escaped())
        return CharacterClass(self._literal())

    def _literal(self) -> str:
        character = self.here
        if character in _UNBOUNDED:
            raise self.fault(f"{character!r} has no end; write {_UNBOUNDED[character]}, or \\{character} for itself")
        if character in _SPECIAL:
            raise self.fault(f"{character!r}: {_HINTS.get(character, f'for itself write {chr(92)}{character}')}")
        self._check(character)
        self._place += 1
        return character

    def _check(self, character: str) -> None:
        if character != " " and unicodedata.category(character)[0] in "CMZ":
            raise self.fault(f"{character!r} shows nothing by itself; leave it out")
        if not unicodedata.is_normalized("NFC", character):
            raise self.fault(f"{character!r} is not composed; write {unicodedata.normalize('NFC', character)!r}")

    def _escaped(self) -> str:
        """Return what a backslash and the character after it stand for."""
        self._place += 1
        if self.done:
            raise self.fault(r"a lone \ ends the pattern; write \\ for itself")
        character = self.here
        if character.isalnum() and character not in _CLASSES:
            raise self.fault(rf"\{character} means nothing here; \d and \w do")
        self._check(character)
        self._place += 1
        return _CLASSES.get(character, character)

    def _class(self) -> Part:
        if self.here == "^":
            raise self.fault(r"characters cannot be shut out; list those you want, or write \^")
        found: dict[str, None] = {}
        while not self._accept("]"):
            found |= dict.fromkeys(self._range())
            if len(found) > _LARGEST_CLASS:
                raise self.fault(f"the class holds over {_LARGEST_CLASS:,} characters, the most; narrow its ranges")
        if not found:
            raise self.fault("the class before this is empty; write the characters to choose from")
        return CharacterClass("".join(found))

    def _range(self) -> str:
        """Return one member of a class: a character, an escaped one, or all from one to another."""
        first = self._member()
        after = self._pattern[self._place + 1 : self._place + 2]
        if len(first) > 1 or self.here != "-" or after in ("]", ""):
            return first
        self._place += 1
        last = self._member()
        if len(last) > 1 or last < first:
            raise self.fault(f"a range runs from a lower character to a higher one, not from {first!r} to {last[:1]!r}")
        if ord(last) - ord(first) >= _LARGEST_CLASS:
            raise self.fault(f"the range holds over {_LARGEST_CLASS:,} characters, the most; narrow it")
        return "".join(filter(_stands_alone, map(chr, range(ord(first), ord(last) + 1))))

    def _member(self) -> str:
        if self.done:
            raise self.fault("a class is not closed; write ]")
        if self.here == "\\":
            return self._escaped()
        character = self.here
        self._check(character)
        self._place += 1
        return character

    def _repeated(self, part: Part) -> Part:
        if self._accept("?"):
            part = Repeat(part, 0, 1)
        elif self._accept("{"):
            least = self._number()
            most = self._number() if self._accept(",") else least
            if not self._accept("}"):
                raise self.fault("how often is written {n} or {m,n}")
            if least > most or not most:
                raise self.fault(
                    f"{{{least},{most}}} stands for nothing; write the smaller number first, the other above 0"
                )
            part = Repeat(part, least, most)
        if self.here in ("?", "{") and self.here:
            raise self.fault("how often is said twice; put a group ( ) around the first")
        return part

    def _number(self) -> int:
        digits = ""
        while self.here in string.digits and self.here:
            digits += self.here
            self._place += 1
        if not digits or len(digits) > 3 or int(digits) > LONGEST:
            raise self.fault(f"how often is written as a number from 0 to {LONGEST}")
        return int(digits)

    def _accept(self, character: str) -> bool:
        """Step over a character if it stands here, and say whether it did."""
        found = self.here == character
        self._place += found
        return found


def _stands_alone(character: str) -> bool:
    return unicodedata.category(character)[0] not in "CMZ" and unicodedata.is_normalized("NFC", character)
