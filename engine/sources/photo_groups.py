"""Crops of words by the photos that they were cut out of, and which of them are held out.

Words of one photo share its light and its lettering: one of them says little of what was learned from another. So
whole photos are held out where there are several. This module opens no image.
"""

import re
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256

FEWEST_PHOTOS = 5
"""Photos from which on whole ones are held out, not single words of them."""

_MOST = 1.5  # times the crops that are to be held out, where photos have many
_CROP = re.compile(r"-word-\d{3,}\.png$")


def crop_name(photo: str, number: int) -> str:
    """Return the name of a word that was cut out of a photo, or of a page."""
    return f"{photo}-word-{number:03}.png"


def photo_of(name: str) -> str:
    """Return the photo that an image was cut out of, going by its name; the image itself where it was not."""
    return _CROP.sub("", name)


def held_out(crops: Sequence[str], photos: Sequence[str], wanted: int, seed: int, *, fewest: int = 1) -> list[bool]:
    """Say which crops are held out: about so many, of whole photos where there are several, single ones where not.

    Args:
        crops: a word for each that no other has.
        photos: that each was cut out of.
        wanted: crops that are to be held out. Photos with many make it half as many more at most, unless each has more.
        seed: of the choice, which the words decide, not their order.
        fewest: photos without which whole ones are not held out, as so few could not judge.
    """
    if len(set(photos)) >= FEWEST_PHOTOS and len(chosen := _chosen(photos, wanted, seed)) >= fewest:
        return [photo in chosen for photo in photos]
    chosen = _chosen(crops, wanted, seed)
    return [crop in chosen for crop in crops]


def _chosen(groups: Sequence[str], wanted: int, seed: int) -> set[str]:
    """Choose groups that have about so many members together."""
    order = sorted(set(groups), key=lambda group: sha256(f"{seed}/{group}".encode()).digest())
    sizes, chosen, held = Counter(groups), set[str](), 0
    for group in order:
        if held < wanted and held + sizes[group] <= _MOST * wanted:
            chosen.add(group)
            held += sizes[group]
    return chosen or {min(order, key=sizes.__getitem__)}
