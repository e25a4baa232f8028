"""Differences between two texts, character by character (Levenshtein). Pure; nothing here draws."""

from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from engine.charset import normalise


@dataclass(frozen=True)
class Differences:
    """Places at which a text differs from a reference.

    Attributes:
        changed: places of its characters that the reference has otherwise or not at all.
        missing: places before which characters of the reference are missing; its length: at the end.
    """

    changed: frozenset[int]
    missing: frozenset[int]

    def __bool__(self) -> bool:
        return bool(self.changed or self.missing)


NONE = Differences(frozenset(), frozenset())


def differences(text: str, reference: str) -> Differences:
    """Compare a text, which is in NFC as all readings are, with a reference in any form."""
    changed: set[int] = set()
    missing: set[int] = set()
    for step in Levenshtein.opcodes(normalise(reference), text):
        if step.tag in ("replace", "insert"):
            changed.update(range(step.dest_start, step.dest_end))
        elif step.tag == "delete":
            missing.add(step.dest_start)
    return Differences(frozenset(changed), frozenset(missing))
