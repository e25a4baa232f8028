"""Colour pairs of text and ground: those of a look, or those that come with Glyphlab.

These are numbers alone: the two colours of parts of photos, by k-means, as `python -m bench.colour_pairs` made them out
of eight that are installed with scikit-image (astronaut, chelsea, coffee, motorcycle, page, text, ihc, rocket), each
also in other hues. Three numbers a pair in hexadecimal digits: text, ground, and how often it was found.
"""

import functools
from itertools import accumulate
from random import Random

from engine.config.letters import ColourPair

_SPREAD = 12  # levels by which each band may differ from the pair's
_TABLE = """
    001423005bae04 00393c32c3e504 00415b0092c60a 004556328ba20e 006eb4001c2c06 007380001b1806 00744309200504
    009780e0f1f102 00a0a50c312b0e 02364ab1bcc518 031e1b03939114 04473015967c12 0490b9b0d4ea08 065462abc1c414
    08150c3a97800e 08b1c500595e08 0a1a22008acd0a 0a2e445583b212 0bb8dc3b444208 0f5bab6592e506 1014228783bf18
    12230626772706 133c716881c10a 17130dbab4af27 171c14858f841f 172424b2bfc125 180b09bd6e5c3f 180b0dc0787e1b
    1916058d8d4d14 193f225f976f18 1b3f4c7d9bb31b 1d294a3c7ae202 1d393db6c2c31f 1f1732b3aaa418 201c18cbbebb47
    20347decdced02 275f79adc1ca0a 281a0579630104 2e2b26d5cfce27 2f1916c07d6429 2f201dad97942d 30323674767f18
    311108a8472021 33120cd79e7610 335861aab2bb0e 351f29f3007602 362b21c8beb941 371e3dcc6ba90c 37373597989637
    381712c96f501b 3a2e1b957b5b37 3e3b47bfc0c323 3e3e35b5b2ad29 401a1bc1b3ad3d 413934d4cccb1d 4193b70b374614
    434d808584a706 44a39304260c12 4635039784180a 464847898b8a6c 46b99b494a3f06 494849a3a2a36e 4e8079173a3710
    4f2423cf7e6a0e 503c1dc8bdb53f 504f4dd4d2d237 545054bababc4b 5454539b9a973b 55321ba87d5d54 572b42b478920c
    57443cbaaba333 591d1ad6544916 5ca69ee1e8e802 5d3a30af938635 5e5f5ec8c8c84f 5f5e5db2b2af39 604a2bcbbaae43
    626362d9d9d970 656a660c100b18 66d0e70953510c 67211ac9725721 681f1bf1caac12 68955e39462a0e 698e9dd1d2d227
    6e6d6ec1c1c149 727274dddcdd68 72b19b0c3f2c06 7561062515000a 774847d3c5cb21 78a0b8011c2014 78acda006fbf08
    7b6243c6b9b12d 7b88971d40521b 808080e1e1e143 80838a10111023 80b8bf5c4c4618 838283d3d4d42d 8687822e2c2529
    89afb539777a04 8a2d16e4a4700a 8e0048e46f8c04 90745e3e2a1818 969293dededf35 96d1bf1a814906 974c29430e040a
    97755fcfcbcc1d 9ba2bf083a6118 9c88885137373d 9ca1a84043501d 9e8672d4d4d54b 9e9a9113110d27 a1311727070308
    a13917d77f4e14 a4dadd00968c0a a5aeb10f120e1f a6787150342e21 a79d9941393525 a84e32310d080e a92363fd919804
    ab5a2ef3e5d60c ab998b725a4016 acc1c50b60830c ae9e9c1c143112 af7b621c0a081f afbfd541575e12 b2b19b09663b04
    b3adad53473e29 b68f76250e0927 bab8bf69587c12 bab8cb13232f12 bb4c74fbd9d904 bb7864381d1918 bb92775b2c1a16
    bc6d36e4caac0e bda8a5361b1d1f bdafa46b3a212d bea99d8b635314 bfa59c180e0b2d c27b4d9a291008 c37f5466170916
    c4b38e4e556923 c4ccce54878e29 cbe0f70084c418 ccb6bda0453e1b ccc6bd61572a1a cdc2bd2c1e1525 cec3bf7d5e4f1f
    cfcac5987b5f7c cfcbcf937b9829 cfcfcb79866316 cfd5ea005a8412 d1a66a4e454823 d1cff14e84de04 d2d6d96095a412
    d3767c5f2a370e d4976f460e0923 d4e5df1a73350a d5cbcc4736401b d6d4d2a5857043 dcd6d515130f16 dfe6d0756b0506
    e1bd9170564a12 e2c5cfba4c880e e2d5cb602a151f e3a97797311723 e49dc74a3f560a e6c9acbd69343b e8b78d73251518
    e9ddf44f64a406 e9e6e724241f1f eac1d8703a870c eb4b42452a280a ecd2e9815fbe0e eceae90a09091a eec1b9d35a5e0c
    f1dbc78e281616 f1decbac3e181f f1e2d2b3582925 f4e5d6c76f310e f7d0ccb3255d0a
"""


def draw_pair(pairs: tuple[ColourPair, ...], stream: Random) -> tuple[str, str]:
    """Return the colours of a text and its ground, #rrggbb, near one of the pairs; of Glyphlab's, where none is given.

    The two change together, so that they stay as far apart.
    """
    chosen, cumulative = _cumulative(pairs or photo_pairs())
    (pair,) = stream.choices(chosen, cum_weights=cumulative)
    shifts = [stream.uniform(-_SPREAD, _SPREAD) for _ in range(3)]
    return _shifted(pair.text, shifts), _shifted(pair.ground, shifts)


@functools.cache
def photo_pairs() -> tuple[ColourPair, ...]:
    """Return the pairs that come with Glyphlab."""
    return tuple(
        ColourPair(weight=int(word[12:], 16), text=f"#{word[:6]}", ground=f"#{word[6:12]}") for word in _TABLE.split()
    )


@functools.lru_cache(8)
def _cumulative(pairs: tuple[ColourPair, ...]) -> tuple[tuple[ColourPair, ...], tuple[float, ...]]:
    return pairs, tuple(accumulate(pair.weight for pair in pairs))


def _shifted(colour: str, shifts: list[float]) -> str:
    bands = zip(bytes.fromhex(colour[1:]), shifts, strict=True)
    return "#" + "".join(f"{min(255, max(0, round(band + shift))):02x}" for band, shift in bands)
