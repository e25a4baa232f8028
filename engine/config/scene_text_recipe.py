"""The recipe of words in photos that draws on every step: signs, lettering of shops, and small words by the way.

Its shares follow what readers of photos were trained with elsewhere: a third each of lower case, capitals and both; one
text in five a name of a person, place or brand, and one on an arc; families of fonts drawn alike; neighbours on one in
four; outline, shadow or sides on one in four; most images under the faults of a camera. This module draws nothing.
"""

from engine.config.letters import DropShadow, Extrusion, Fill, Letters, Neighbours, SecondOutline
from engine.config.postprocess import (
    Contrast,
    Crop,
    Downsampling,
    Glare,
    Jpeg,
    MotionBlur,
    Perspective,
    Postprocess,
    ScanNoise,
    Shadow,
)
from engine.config.recipe import Recipe
from engine.config.style import BackgroundWeights, Colours, DirectionWeights, DistortionWeights, ModeWeights, Style
from engine.config.text_sources import (
    AmountFormats,
    Amounts,
    CaseWeights,
    Characters,
    Digits,
    Pattern,
    ProperNames,
    Words,
)

_TEXTS = (
    Words(weight=0.4, alphabet="ascii", case=CaseWeights(listed=0, lower=1, upper=1, capitalised=1)),
    ProperNames(weight=0.2, alphabet="ascii", case=CaseWeights(listed=2, upper=1)),
    Words(weight=0.05, alphabet="ascii", min_words=2, max_words=2, max_length=20, case=CaseWeights(listed=1, upper=1)),
    Words(weight=0.1, alphabet="ascii", max_length=8, cut=True, case=CaseWeights(listed=0, lower=1, upper=1)),
    Digits(weight=0.08, max_length=5),
    Pattern(
        weight=0.09, pattern=r"\d{1,2}:\d{2}|\d{1,2}[-/]\d{1,2}|\d{1,3}%|[A-Z]\d{1,3}|\d{3}-\d{4}|[A-Z]{2,4}\d{0,2}"
    ),
    Amounts(weight=0.03, formats=AmountFormats(bare=2, comma=1, dollar=2, pound=1, euro=1)),
    Characters(weight=0.05, symbols=".,-/&'!", max_length=8),
)

_GROUND = BackgroundWeights(noise=0, white=4, picture=2, gradient=4, clouds=3, leaves=1, bricks=0.5, stripes=0.5)
_BENT = DistortionWeights(none=0.75, sine=0.03, cosine=0.02, arc=0.2)
_COLUMNS = DirectionWeights(horizontal=0, both=0)
_INKS = (Colours(weight=3, high="#404040"), Colours(weight=2, low="#e0e0e0", high="#ffffff"), Colours(high="#ffffff"))

_NEAR = Postprocess(
    crop=Crop(share=0.7, room=(0.0, 0.2), text=(0.0, 0.15)),
    perspective=Perspective(share=0.5, strength=(0.03, 0.2)),
    shadow=Shadow(share=0.2),
    glare=Glare(share=0.08, strength=(0.2, 0.7)),
    motion_blur=MotionBlur(share=0.1, length=(0.03, 0.1)),
    downsampling=Downsampling(share=0.2, factor=(0.4, 0.8)),
    contrast=Contrast(share=0.4, factor=(0.7, 1.2)),
    scan_noise=ScanNoise(share=0.3, grain=(1.0, 8.0), specks=0.0),
    jpeg=Jpeg(share=0.5, quality=(40, 95)),
)
_FAR = Postprocess(
    crop=Crop(share=0.8, room=(0.0, 0.3), text=(0.0, 0.15)),
    perspective=Perspective(share=0.6, strength=(0.03, 0.25)),
    shadow=Shadow(share=0.25),
    glare=Glare(share=0.1),
    motion_blur=MotionBlur(share=0.25, length=(0.04, 0.15)),
    downsampling=Downsampling(share=0.8, factor=(0.35, 0.7), enlarged=0.5),
    contrast=Contrast(share=0.5, factor=(0.6, 1.1)),
    scan_noise=ScanNoise(share=0.5, grain=(2.0, 12.0), specks=0.0),
    jpeg=Jpeg(share=0.7, quality=(30, 90)),
)

_SIGN = Style(
    weight=4,
    by_family=True,
    height=(32, 56),
    margin=(1, 6),
    skew=10,
    blur=(0.0, 1.5),
    background=_GROUND,
    distortion=_BENT,
    direction=_COLUMNS,
    colours=_INKS,
    character_spacing=(0, 4),
    word_split=0.3,
    paired_colours=0.65,
    letters=Letters(
        shadow=DropShadow(share=0.08),
        second_outline=SecondOutline(share=0.04),
        extrusion=Extrusion(share=0.05),
        fill=Fill(share=0.15, strength=(0.2, 0.7)),
    ),
    neighbours=Neighbours(share=0.25, gap=(0.08, 0.3), shown=(0.03, 0.25)),
    least_contrast=20,
    mode=ModeWeights(colour=9, grey=1),
    after=_NEAR,
)

_SHOP = _SIGN.changed(
    weight=1.0,
    stroke_width=(1, 2),
    stroke_colours=(Colours(high="#404040").plain(), Colours(low="#d0d0d0", high="#ffffff").plain()),
    letters=Letters(
        shadow=DropShadow(share=0.35),
        second_outline=SecondOutline(share=0.25),
        extrusion=Extrusion(share=0.25),
        fill=Fill(share=0.4),
    ).plain(),
)

_BY_THE_WAY = _SIGN.changed(
    weight=3.0,
    height=(36, 60),
    blur=(0.0, 1.2),
    skew=15,
    neighbours=Neighbours(share=0.35, gap=(0.08, 0.3), shown=(0.03, 0.3)).plain(),
    after=_FAR.plain(),
)

SCENE_TEXT_VARIOUS = Recipe(name="scene text, various", texts=_TEXTS, looks=(_SIGN, _SHOP, _BY_THE_WAY))
"""Words in photos, of many kinds."""
