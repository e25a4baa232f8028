"""The recipe of lines of documents: texts of several words with punctuation, in fonts of prose, scanned.

It goes with the preset of runs of the same name, whose readers are as wide as such lines are.
"""

from engine.config.postprocess import Contrast, Crop, Jpeg, Perspective, Postprocess, ScanNoise, Shadow
from engine.config.recipe import Recipe
from engine.config.style import Colours, DirectionWeights, DistortionWeights, Style
from engine.config.text_sources import AmountFormats, Amounts, CaseWeights, DateFormats, Dates, Pattern, Words

_LOOK = Style(
    weight=3,
    fonts=(
        "latin/Aller_Rg",
        "latin/DroidSans",
        "latin/DroidSans-Bold",
        "latin/Lato-Regular",
        "latin/OpenSans-Regular",
        "latin/OpenSans-Semibold",
        "latin/Roboto-Regular",
        "latin/Sansation-Regular",
        "ja/TakaoMincho",
        "latin/Lato-Italic",
        "latin/Lato-Bold",
        "latin/OpenSans-Italic",
        "latin/OpenSans-Bold",
        "latin/Raleway-Regular",
        "latin/Raleway-Medium",
        "latin/Roboto-Light",
        "latin/Roboto-Italic",
        "latin/Roboto-Bold",
        "latin/RobotoCondensed-Regular",
    ),
    height=(28, 44),
    margin=(1, 6),
    word_split=0.7,
    blur=(0.0, 0.9),
    distortion=DistortionWeights(none=0.9, sine=0.05, cosine=0.05),
    direction=DirectionWeights(horizontal=0, both=0),
    colours=(
        Colours(weight=4, low="#000000", high="#303030"),
        Colours(weight=1, low="#303030", high="#686868"),
        Colours(weight=1, low="#101040", high="#303870"),
    ),
    least_contrast=20,
    after=Postprocess(
        crop=Crop(share=0.4),
        perspective=Perspective(share=0.5, strength=(0.02, 0.15)),
        shadow=Shadow(share=0.2),
        contrast=Contrast(share=0.5, factor=(0.5, 1.0)),
        scan_noise=ScanNoise(share=0.6),
        jpeg=Jpeg(share=0.4, quality=(30, 85)),
    ),
)

DOCUMENT_LINES = Recipe(
    name="document lines",
    texts=(
        Words(
            weight=0.5,
            alphabet="ascii",
            min_words=4,
            max_words=12,
            max_length=90,
            case=CaseWeights(listed=8, capitalised=1),
            punctuation=0.2,
        ),
        Words(
            weight=0.2,
            alphabet="ascii",
            max_words=4,
            max_length=40,
            case=CaseWeights(listed=4, capitalised=1, upper=1),
            punctuation=0.15,
        ),
        Pattern(
            weight=0.2,
            pattern=r"(((the|of|and|to|in|is|that|for|it|as|was|with|be|by|on|not|at|are|this|or|an|from|we|you|which)"
            r"|[A-Z]?[a-z]{1,7}|(\d{1,4}|[(]\d{1,2}[)]|\d{1,3}[.,]\d\d|[A-Z]{2,4}|[A-Z]{2}-\d{2,4}))[,;]? ){3,9}"
            r"([a-z]{2,8}|\d{1,4})[.:]?",
        ),
        Dates(weight=0.04, formats=DateFormats(iso=1, dots=1, slashes=1, words=3, american_words=3)),
        Amounts(weight=0.06, formats=AmountFormats(bare=2, comma=1, dollar=2, pound=1, euro=2)),
    ),
    # Most lines lie straight, as those do that are cut out by their outlines; over a long line a degree is much.
    looks=(_LOOK, _LOOK.changed(weight=1, skew=1)),
)
