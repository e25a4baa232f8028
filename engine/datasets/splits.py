"""Assignment of texts to splits, by a hash of the text alone.

The same text is on the same side in every dataset made with the same shares, whatever its recipe or seed, so that a
reader trained on one dataset has not seen the test texts of another.
"""

import hashlib
from typing import get_args

from engine.config.generate import Split
from engine.config.importing import Use

SPLITS: tuple[Split, ...] = get_args(Split)


def split_of(text: str, validation: float, test: float) -> Split:
    """Return the split of a text; texts that differ in case alone stay together.

    Args:
        text: the label.
        validation: share of texts, from 0 to 1.
        test: share of texts; together the two are under 1.
    """
    digest = hashlib.blake2b(text.casefold().encode(), digest_size=8).digest()
    place = int.from_bytes(digest, "big") / 2**64
    if place < test:
        return "test"
    return "validation" if place < test + validation else "train"


def split_for(use: Use, split: Split) -> Split:
    """Return the split of an imported sample, by what its dataset is for and what it would be otherwise."""
    if use == "testing":
        return "test"
    return "train" if use == "learning" and split == "test" else split
