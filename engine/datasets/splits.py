"""Assignment of texts to splits, by a hash of the text alone.

The same text is on the same side in every dataset made with the same shares, whatever its recipe or seed, so that a
reader trained on one dataset has not seen the test texts of another.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import get_args

from engine.config.generate import Split
from engine.config.importing import Use

SPLITS: tuple[Split, ...] = get_args(Split)

LEAST = 10
"""Fewest training texts of which some are taken for a split that got none."""


def split_of(text: str, validation: float, test: float) -> Split:
    """Return the split of a text; texts that differ in case alone stay together.

    Args:
        text: the label.
        validation: share of texts, from 0 to 1.
        test: share of texts; together the two are under 1.
    """
    place = _place(text)
    if place < test:
        return "test"
    return "validation" if place < test + validation else "train"


def filled(splits: Mapping[str, Split], validation: float, test: float) -> dict[str, Split]:
    """Return splits of texts in which none is empty by chance: few texts may all fall to training by their hashes.

    A split with a share and without a text gets as many as its share says, at least one, of the training texts whose
    hashes come next, so that equal imports are shared out alike. Under LEAST training texts nothing moves.

    Args:
        splits: by text.
        validation: share of texts that are meant for validation.
        test: likewise, for the test.
    """
    shares: dict[Split, float] = {"test": test, "validation": validation}
    found = dict(splits)
    for split, share in shares.items():
        train = sorted((text for text, its in found.items() if its == "train"), key=_place)
        if share and split not in found.values() and len(train) >= LEAST:
            found |= dict.fromkeys(train[: max(1, round(share * len(found)))], split)
    return found


def filled_each(images: Sequence[tuple[str, Split]], validation: float, test: float) -> list[Split]:
    """Return the splits of images in which none is empty by chance, as `filled` does; only training images move.

    Args:
        images: the text and the split of each; a text may be in several where its source says so.
        validation: share of texts that are meant for validation.
        test: likewise, for the test.
    """
    given = {split for _, split in images}
    by_text = dict(sorted(images, key=lambda image: image[1] == "train"))  # of several splits training counts
    found = filled(by_text, 0.0 if "validation" in given else validation, 0.0 if "test" in given else test)
    return [found[text] if split == "train" else split for text, split in images]


def _place(text: str) -> float:
    """Return the hash of a text as a number from 0 to 1."""
    digest = hashlib.blake2b(text.casefold().encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64


def split_for(use: Use, split: Split) -> Split:
    """Return the split of an imported sample, by what its dataset is for and what it would be otherwise."""
    if use == "testing":
        return "test"
    return "train" if use == "learning" and split == "test" else split
