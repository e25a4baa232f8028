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
    0044760083cb04 00576300a4c009 00795e031d0e0d 009dba0056640b 01443342998d0f 027ca31331400d 0343593b8fad17
    034a430e938e0d 03575fadc1c011 04242500728708 072b1c009a810f 0752666a94a80d 08070aa694c902 081b1a399c980f
    09bbe03e4e4c06 0e2a34008bd00d 101324847db70b 101f041a74220f 11221152916415 114c9f6086e706 150b09bd715f1a
    151513c3bdbd20 15181a797a7f11 1b0a05d3997608 1c352fb8c0c01a 1e0c0db6717c11 204252abc0d20f 221a056c690e0b
    2231437188a90d 2724239f9e9b1a 278ddc0058aa04 2a1914bc846215 2a1a31b35daa0d 2a4122658c5e22 2b20187262520f
    2b627cb4c1c813 2f1210c16b5618 320f07a9411f26 334762648eca08 362a11947a431a 391f1bc355390b 392e26d6cfca18
    39385f9185b413 3a1d1ece807115 3b21379c5a8c0d 3b251d87746d1a 3c1f1dc5b7af36 3c3b3a7a7b7a33 42211ece6a4e1a
    422e1ba27a5c4f 434145b9b7ba26 44393497918d29 4545448887877c 467277132a2a0b 483e30a9883c0d 48464597959565
    4a4948a3a1a151 4b190ea7502e0d 4e332cc5a99517 4e3f20c8beb440 4e514ed3d2d027 4f4f508f8f9067 533332d8656218
    545553b1b0b064 553e35b6978217 57ab56daefe104 583318ac836320 58585899999a69 5b5553140f0d09 5c3052b078a01e
    5c4736bdafa535 5e605dc7c7c64d 5f3a1ca3795245 62849b112f3713 64919dd1d2d024 672b2cb376741e 674938a88b7a2b
    686666adabab54 696769dedbdc40 6b221ccf725818 6b3d4ec6b3bb1a 6b4e30cabeb633 6f706ed1d0d040 716e73bfc0c238
    719ebd0d3c4c13 7254002a14000d 72736b2f2c2624 729aac0616170b 7b6748cbbeb529 7e867ed2d1d12b 7ec4c054524e08
    80cce50a4e5109 81724b3a2b2024 82867b11110a1e 838283e0e0e14b 8393add5d7d727 87a1f10065c008 8a7b75342a2726
    8a909b2d414b26 8b2615d564410b 8c807b5138332d 8f82752d456611 95c39938520608 97aaa3316e5b0d 98439520112408
    98735accc5c420 99472af0d6bd06 9b8798d8d5d849 9c826ad3d2d456 9cb3c33e71840b 9cd6da0099920d 9d55353f140a17
    9db0a700686008 a03c16cb8e590d a192934f3c3a51 a23c222f0a0624 a48c78d5d4d478 a4a6b3161b231e a8a9aa5e4f6a0d
    a981897e065102 a9aeb2324a4b15 abb69e7477590b b08877592f2622 b08f7533170f17 b1b0e1444d5113 b47661160c0a13
    b5a9a66d4e3d17 b5cad2196e8f0f b6665a4a322f29 b6a08d8260441e b96d672f1a1d15 b9a7b047393b36 bbaa8b44526911
    bda6b5885d810b bfa3991a0e0b1c bfbcc7816f9a0d c07e4f6f1b070d c3adb6b5523c11 c4a28a5f322118 c7cec76789681a
    c8c2c11b181613 c97140efdfd115 cac7c6957c6054 cae7db1b782e09 cba2635245430f ccb5a28d6b5222 ccc2be865e4517
    ccc4bb5045150b cd8d66360d0709 cddcf10185c918 cec6d371417709 ced2d25a919417 d1d3d57e8cac1e d28f57a0321115
    d4c5bd6d3a2815 d4d1d1a3867178 d4d4d44942400f d6b9925b525218 d6d6de024d6c08 d8cec09c7b5b2b d8eef0008b6e06
    d9dcd9869a781c dac5bc99472f11 dbdfd4605d5a09 dedef76b99e404 e23f4247292a0d e7ba91832a1811 e7c9acc16e3833
    e8e2d86d3b1511 e9e8e71e1e181c eacfde9d64a517 eae4dcb795721a f1e2d3b9613022 f2e0cdad462017 f3a8d168308106
    f3e2ccc883441c f4e1edba77c608 f5c4c7d45d8508 fcdad5b70e5b02 fcdfe2e35c9006
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
