"""Recipes to start from, by name: their texts and looks.

This module draws nothing; fonts and languages are named by id, as in any recipe.
"""

from engine.config.document_recipe import DOCUMENT_LINES
from engine.config.postprocess import Contrast, Crop, Jpeg, Perspective, Postprocess, Recolour, ScanNoise, Shadow
from engine.config.recipe import Recipe
from engine.config.scene_text_recipe import SCENE_TEXT_VARIOUS
from engine.config.style import BackgroundWeights, Colours, DirectionWeights, DistortionWeights, ModeWeights, Style
from engine.config.text_sources import (
    AmountFormats,
    Amounts,
    CaseWeights,
    Characters,
    DateFormats,
    Dates,
    Digits,
    Pattern,
    ProperNames,
    Words,
)

_CLEAR_FONTS = (
    "latin/Aller_Rg",
    "latin/DroidSans",
    "latin/DroidSans-Bold",
    "latin/Lato-Regular",
    "latin/OpenSans-Regular",
    "latin/OpenSans-Semibold",
    "latin/Roboto-Regular",
    "latin/Sansation-Regular",
)

_STARTER = Recipe(
    name="starter",
    texts=(
        Words(weight=0.7, alphabet="letters", max_length=10, case=CaseWeights(listed=0, lower=1)),
        Digits(weight=0.3, min_length=1, max_length=6),
    ),
    looks=(
        Style(
            fonts=_CLEAR_FONTS,
            skew=1,
            blur=0.5,
            background=BackgroundWeights(noise=1, white=1),
            colours=(Colours(low="#000000", high="#606060"),),
        ),
    ),
)

_CLEAN_PRINT = Recipe(
    name="clean print",
    texts=(
        Words(weight=0.8, alphabet="ascii", case=CaseWeights(listed=0.6, capitalised=0.25, upper=0.15)),
        Digits(weight=0.2),
    ),
    looks=(Style(height=40, background=BackgroundWeights(noise=0, white=1)),),
)

# The distribution of the seed-like test images: tests/config/test_presets.py states it in words, row by row.
_TRDG_WORDS = Recipe(
    name="TRDG words",
    texts=(
        Words(weight=0.55, alphabet="ascii", case=CaseWeights(listed=0.6, upper=0.2, capitalised=0.2)),
        Digits(weight=0.2),
        Characters(weight=0.15, symbols=".,-/$%&#"),
        Words(weight=0.1, alphabet="ascii", min_words=2, max_words=2, cut=True),
    ),
    looks=(
        Style(
            height=40,
            fit=1,
            skew=3,
            blur=1.0,
            background=BackgroundWeights(noise=1, white=1, picture=1),
            distortion=DistortionWeights(none=0.6, sine=0.2, cosine=0.2),
            colours=(
                Colours(weight=0.7, low="#000000", high="#888888"),
                Colours(weight=0.3, low="#000000", high="#ffffff"),
            ),
        ),
    ),
)

_PLATE_FONTS = (
    "latin/DroidSans-Bold",
    "latin/Lato-Bold",
    "latin/Lato-Heavy",
    "latin/OpenSans-Bold",
    "latin/Roboto-Bold",
    "latin/Roboto-Medium",
    "latin/RobotoCondensed-Bold",
    "latin/RobotoCondensed-Regular",
    "latin/Sansation-Bold",
)

_NUMBER_PLATES = Recipe(
    name="number plates",
    texts=(
        Pattern(weight=3, pattern=r"[A-Z]{1,3}-[A-Z]{1,2} [1-9]\d{0,3}"),
        Pattern(weight=2, pattern=r"[A-Z]{2}\d{2} [A-Z]{3}"),
        Pattern(weight=2, pattern=r"[A-Z]{3}-\d{3,4}"),
        Pattern(weight=1, pattern=r"[A-Z]{2}-\d{3}-[A-Z]{2}"),
        Pattern(weight=1, pattern=r"\d{1,3} [A-Z]{2,3} \d{2,4}"),
    ),
    looks=(
        Style(
            fonts=_PLATE_FONTS,
            height=(32, 48),
            margin=(2, 7),
            skew=4,
            blur=1.5,
            background=BackgroundWeights(noise=2, white=2, picture=1),
            colours=(Colours(weight=4, high="#404040"), Colours(low="#102060", high="#305090")),
            character_spacing=(0, 4),
            least_contrast=20,
            mode=ModeWeights(colour=3, grey=1),
            after=Postprocess(
                crop=Crop(share=0.3),
                perspective=Perspective(share=0.6),
                shadow=Shadow(share=0.4),
                contrast=Contrast(share=0.5, factor=(0.5, 1.2)),
                scan_noise=ScanNoise(share=0.3, specks=0.0),
                jpeg=Jpeg(share=0.5),
            ),
        ),
    ),
)

_RECEIPTS = Recipe(
    name="receipts",
    texts=(
        Words(
            weight=0.4, alphabet="ascii", max_words=2, max_length=20, case=CaseWeights(listed=1, upper=2, capitalised=1)
        ),
        Amounts(weight=0.3, formats=AmountFormats(bare=3, comma=3, dollar=1, pound=1, euro=1, euro_code=1)),
        Dates(weight=0.1, formats=DateFormats(iso=1, dots=2, slashes=2, american=1, short=2, clock=3)),
        Digits(weight=0.1, min_length=1, max_length=13),
        Pattern(weight=0.1, pattern=r"\d{1,2} ?[xX@] ?\d{1,2}[.,]\d{2}|\d{1,2}[.,]?\d?%|[A-Z]{2,5}[.:#]? ?\d{2,6}"),
    ),
    looks=(
        Style(
            fonts=(*_CLEAR_FONTS, "latin/Lato-Light", "latin/RobotoCondensed-Regular", "latin/RobotoCondensed-Light"),
            height=(24, 40),
            margin=(1, 5),
            skew=2,
            blur=(0.2, 1.2),
            distortion=DistortionWeights(none=0.8, sine=0.1, cosine=0.1),
            direction=DirectionWeights(horizontal=0, both=0),
            colours=(
                Colours(weight=3, low="#000000", high="#181818"),
                Colours(weight=2, low="#303030", high="#484848"),
                Colours(weight=1, low="#585858", high="#707070"),
                Colours(weight=1, low="#303060", high="#404880"),
            ),
            character_spacing=(0, 3),
            least_contrast=20,
            after=Postprocess(
                crop=Crop(share=0.3),
                perspective=Perspective(share=0.3, strength=(0.02, 0.1)),
                shadow=Shadow(share=0.4),
                contrast=Contrast(share=0.7, factor=(0.4, 1.0)),
                scan_noise=ScanNoise(share=0.6),
                jpeg=Jpeg(share=0.4, quality=(30, 80)),
            ),
        ),
    ),
)

_CHINESE = Recipe(
    name="Chinese",
    texts=(
        Words(weight=0.8, language="cn", max_words=6, max_length=6, spaces=False),
        Pattern(weight=0.1, pattern=r"[1-9]\d{0,3}[年月日号元路楼米]"),
        Dates(weight=0.05, formats=DateFormats(iso=0, dots=0, slashes=0, chinese=1)),
        Amounts(weight=0.05, formats=AmountFormats(bare=0, dollar=0, euro=0, yen=1, yuan=2)),
    ),
    looks=(
        Style(
            fonts=("cn/SourceHanSans-Normal", "ja/TakaoMincho"),
            height=(32, 48),
            skew=2,
            blur=1.0,
            background=BackgroundWeights(noise=1, white=1, picture=1),
            colours=(Colours(weight=0.8, high="#666666"), Colours(weight=0.2, high="#a03030")),
            character_spacing=(0, 3),
            stroke_width=(0, 1),
            stroke_colours=(Colours(high="#444444"),),
            least_contrast=20,
            after=Postprocess(
                perspective=Perspective(share=0.2, strength=(0.02, 0.12)),
                contrast=Contrast(share=0.3, factor=(0.5, 1.0)),
                jpeg=Jpeg(share=0.3, quality=(30, 80)),
            ),
        ),
    ),
)

_SCENE_POSTPROCESS = Postprocess(
    crop=Crop(share=0.5, text=(0.0, 0.2)),
    perspective=Perspective(share=0.6, strength=(0.05, 0.3)),
    recolour=Recolour(share=0.5),
    shadow=Shadow(share=0.4),
    contrast=Contrast(share=0.6, factor=(0.6, 1.2)),
    scan_noise=ScanNoise(share=0.4, grain=(2.0, 16.0), specks=0.0),
    jpeg=Jpeg(share=0.5, quality=(15, 70)),
)

_SCENE_TEXT = Recipe(
    name="scene text",
    texts=(
        Words(weight=0.7, alphabet="ascii", case=CaseWeights(listed=0.25, upper=0.45, capitalised=0.3)),
        Digits(weight=0.1, max_length=5),
        Pattern(weight=0.1, pattern=r"\d{1,2}:\d{2}|[$£]?\d{1,3}(\.\d{2})?|\d{1,3}%|[A-Z]\d{1,3}|\d{3}-\d{4}"),
        Words(
            weight=0.1, alphabet="ascii", min_words=2, max_words=2, max_length=20, case=CaseWeights(listed=1, upper=1)
        ),
    ),
    looks=(
        Style(
            weight=2,
            height=(28, 56),
            margin=(2, 8),
            skew=8,
            blur=(0.0, 2.0),
            background=BackgroundWeights(noise=1, white=1, picture=4),
            distortion=DistortionWeights(none=0.8, sine=0.1, cosine=0.1),
            colours=(
                Colours(weight=4, high="#484848"),
                Colours(weight=1, high="#ffffff"),
                Colours(weight=2, low="#d8d8d8", high="#ffffff"),
            ),
            character_spacing=(0, 5),
            word_split=0.3,
            least_contrast=16,
            mode=ModeWeights(colour=4, grey=1),
            after=_SCENE_POSTPROCESS,
        ),
        Style(
            height=(28, 56),
            margin=(3, 8),
            skew=8,
            blur=(0.0, 1.5),
            background=BackgroundWeights(noise=0, white=0, picture=1),
            colours=(Colours(low="#c0c0c0", high="#ffffff"), Colours(low="#800000", high="#ffff60")),
            character_spacing=(1, 5),
            stroke_width=(1, 2),
            stroke_colours=(Colours(high="#505050"),),
            least_contrast=16,
            after=_SCENE_POSTPROCESS,
        ),
    ),
)

_NAMES_ON_SIGNS = Recipe(
    name="names on signs",
    texts=(
        ProperNames(weight=0.6, alphabet="ascii", max_length=20, case=CaseWeights(listed=2, upper=1)),
        Words(weight=0.2, alphabet="ascii", case=CaseWeights(listed=0, upper=1, capitalised=1)),
        Digits(weight=0.1, max_length=5),
        Pattern(weight=0.1, pattern=r"\d{1,2}:\d{2}|[$£]?\d{1,3}(\.\d{2})?|\d{1,3}%|\d{3}-\d{4}"),
    ),
    looks=tuple(look.changed(by_family=True) for look in _SCENE_TEXT.looks),
)

PRESETS: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (
        _STARTER,
        _CLEAN_PRINT,
        _TRDG_WORDS,
        DOCUMENT_LINES,
        _NUMBER_PLATES,
        _RECEIPTS,
        _CHINESE,
        _SCENE_TEXT,
        SCENE_TEXT_VARIOUS,
        _NAMES_ON_SIGNS,
    )
}
"""Recipes to start from, by name."""
