"""Make the table of colour pairs that comes with Glyphlab from a folder of photos, such as those of scikit-image.

Parts of photos at many sizes are reduced to two colours each; those that consist of two that are well apart, as text
and ground do, are kept, the more of them the further their colours are apart, for lettering is made to be seen. A few
photos have few hues, so each pair counts twice: as it is, and with the hues of both turned by the same random angle at
equal brightness and saturation. The commonest pairs are printed as the lines that
`engine.synth.composing.pairs` holds.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from bench.command import run
from engine.measures.colour_pairs import TwoColours, common_pairs, two_colours
from glyphlab_read.images.open import open_image

_PARTS = 1000  # of each photo
_LEAST_CONTRAST, _FULL_CONTRAST = 50.0, 150.0  # levels: none of the parts with less, and all with more, are kept
_LEAST_SHARE = 0.15  # of the rarer colour
_REDUCED = (48, 16)  # px in which a part is looked at
_LINE = 7  # pairs


def parts(path: Path, rng: np.random.Generator) -> Iterator[TwoColours]:
    """Yield the colours of parts of a photo, three times as wide as high."""
    photo = np.asarray(open_image(path).convert("RGB"))
    for _ in range(_PARTS):
        height = int(np.exp(rng.uniform(np.log(12), np.log(photo.shape[0] / 4))))
        width = min(3 * height, photo.shape[1])
        top, left = (int(rng.integers(most + 1)) for most in (photo.shape[0] - height, photo.shape[1] - width))
        cut = photo[top : top + height, left : left + width]
        yield two_colours(cv2.resize(cut, _REDUCED, interpolation=cv2.INTER_AREA).astype(np.uint8))


def turned(pair: TwoColours, degrees: float) -> TwoColours:
    """Return a pair with the hues of both colours turned, in CIE L*a*b*, so that their brightness stays."""
    both = np.stack([pair.rare, pair.common])[None].astype(np.float32) / 255
    lab = cv2.cvtColor(both, cv2.COLOR_RGB2LAB)[0]
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    lab[:, 1:] = lab[:, 1:] @ np.array([[cosine, sine], [-sine, cosine]], np.float32)
    rgb = np.clip(cv2.cvtColor(lab[None], cv2.COLOR_LAB2RGB)[0], 0, 1) * 255
    return TwoColours(rgb[0], rgb[1], pair.share)


def main(arguments: list[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.colour_pairs", description=__doc__)
    parser.add_argument("photos", type=Path, nargs="+", help="files: colour photos")
    parser.add_argument("--pairs", type=int, default=180, help="number of pairs")
    options = parser.parse_args(arguments)
    rng = np.random.default_rng(0)
    found = [pair for path in options.photos for pair in parts(path, rng)]
    span = _FULL_CONTRAST - _LEAST_CONTRAST
    kept = [
        pair for pair in found if pair.share >= _LEAST_SHARE and rng.random() < (pair.contrast - _LEAST_CONTRAST) / span
    ]
    print(f"# {len(kept)} of {len(found)} parts of {len(options.photos)} photos", file=sys.stderr)
    pairs = sorted(common_pairs([*kept, *(turned(pair, rng.uniform(0, 360)) for pair in kept)], options.pairs))
    words = [f"{text[1:]}{ground[1:]}{min(255, round(255 * 20 * share)):02x}" for text, ground, share in pairs]
    for start in range(0, len(words), _LINE):
        print("    " + " ".join(words[start : start + _LINE]))


if __name__ == "__main__":
    run(lambda: main(sys.argv[1:]))
