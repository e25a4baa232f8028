"""Recipes of synthetic scenes: photos with text, built of grounds, surfaces that carry text, light and a camera.

Texts, fonts and colours come from a word recipe. Which fonts and pictures exist, `engine.synth` knows.
"""

from typing import Annotated

from engine.config.base import Config, setting
from engine.config.distributions import FloatSpan, Span, Weights, Within, choice_weight
from engine.config.recipe import Recipe
from engine.config.recipe_presets import PRESETS
from engine.config.style import Colours, Style
from engine.config.text_sources import Amounts, CaseWeights, Characters, Dates, Digits, Pattern, Words


class BlockWeights(Weights):
    """Weights of what carries text."""

    sign: float = choice_weight(3.0, "A panel with one to four short lines, often framed.")
    label: float = choice_weight(2.0, "A small label with a few lines, such as of a product or a price.")
    direct: float = choice_weight(3.0, "Letters straight on the ground, some outlined or with a shadow.")
    paragraph: float = choice_weight(0.7, "Several lines of running text on a notice or a poster.")
    page: float = choice_weight(0.1, "A printed page that fills most of the scene.")


class SceneRecipe(Config):
    """A recipe of synthetic scenes. Each scene draws its own value from every range."""

    name: str = setting("", max_length=80, help="A label for people; it changes no scene.")
    words: Recipe = setting(PRESETS["scene text"], help="Texts, fonts and colours.")
    width: Annotated[Span, Within(64, 4096)] = setting((800, 1280), unit="px", help="Width of a scene.")
    height: Annotated[Span, Within(64, 4096)] = setting((600, 960), unit="px", help="Height of a scene.")
    text_height: Annotated[Span, Within(4, 400)] = setting(
        (8, 120), unit="px", help="Height of capital letters; small and large ones are equally likely by octave."
    )
    blocks: BlockWeights = setting(BlockWeights(), help="What carries text, and how often.")
    groups: Annotated[Span, Within(0, 60)] = setting(
        (1, 13), unit="groups", help="Signs, labels, paragraphs and free lines in a scene, as far as there is room."
    )
    empty: float = setting(
        0.15, share=True, ge=0, le=1, help="Share of scenes without any text, which teach what text is not."
    )
    picture: float = setting(
        0.35,
        share=True,
        ge=0,
        le=1,
        folded=True,
        help="Share of surfaces that are pieces of pictures; the others are drawn.",
    )
    pictures: tuple[str, ...] = setting(
        (),
        max_length=2000,
        folded=True,
        help="Pictures by id; empty takes all that are installed or uploaded when a dataset is started.",
    )
    planes: float = setting(
        0.6, share=True, ge=0, le=1, folded=True, help="Share of scenes with walls, boards and boxes before the ground."
    )
    halls: float = setting(
        0.4,
        share=True,
        ge=0,
        le=1,
        folded=True,
        help="Share of scenes in a hall with shops, lamps and people, in perspective.",
    )
    tilt: float = setting(5.0, ge=0, le=90, unit="degrees", help="Usual deviation of lines from level.")
    turned: float = setting(0.05, share=True, ge=0, le=1, folded=True, help="Share of groups at any angle.")
    perspective: float = setting(
        40.0, ge=0, le=70, unit="degrees", help="Most that a surface is turned away from the camera."
    )
    upright: float = setting(
        0.05, share=True, ge=0, le=1, folded=True, help="Share of lines whose letters stand below each other."
    )
    curved: float = setting(0.05, share=True, ge=0, le=1, folded=True, help="Share of lines that run along an arc.")
    distractors: Annotated[Span, Within(0, 60)] = setting(
        (0, 10), unit="things", help="Icons, arrows, bars, lamps and other things that are no text."
    )
    light: float = setting(0.6, share=True, ge=0, le=1, folded=True, help="Share of scenes with uneven light or lamps.")
    shadow: float = setting(0.3, share=True, ge=0, le=1, folded=True, help="Share of scenes with a cast shadow.")
    blur: Annotated[FloatSpan, Within(0, 10, whole=False)] = setting(
        (0.3, 1.6), unit="px", help="Blur by the lens or by motion."
    )
    noise: Annotated[FloatSpan, Within(0, 60, whole=False)] = setting(
        (0.0, 10.0), folded=True, unit="grey levels", help="Noise of the sensor."
    )
    jpeg: Annotated[Span, Within(5, 100)] = setting(
        (35, 95), folded=True, help="JPEG quality that a scene went through."
    )
    least_height: float = setting(
        7.0, ge=0, le=100, unit="px", folded=True, help="Words that are less high are kept, but to be ignored."
    )
    least_contrast: float = setting(
        14.0, ge=0, le=255, unit="grey levels", folded=True, help="Words that stand out less are to be ignored."
    )


_ANY_COLOUR = (
    Colours(weight=3, low="#000000", high="#484848"),
    Colours(weight=3, low="#d0d0d0", high="#ffffff"),
    Colours(weight=2, low="#000000", high="#ffffff"),
)

_STREET_WORDS = Recipe(
    name="street signs",
    texts=(
        Words(weight=0.3, alphabet="ascii", max_length=5, case=CaseWeights(listed=0.2, upper=0.5, capitalised=0.3)),
        Words(weight=0.35, alphabet="ascii", max_length=9, case=CaseWeights(listed=0.2, upper=0.5, capitalised=0.3)),
        Digits(weight=0.1, max_length=5),
        Pattern(
            weight=0.12,
            pattern=r"\d{1,2}:\d{2}|[$£]?\d{1,3}(\.\d{2})?|\d{1,3}%|[A-Z]\d{1,3}|\d{3}-\d{4}|[A-Z]{2,4}|\d{1,2}(am|pm)|#\d\d-\d\d",
        ),
        Words(
            weight=0.18, alphabet="ascii", min_words=2, max_words=3, max_length=24, case=CaseWeights(listed=1, upper=1)
        ),
    ),
    looks=(Style(weight=2, colours=_ANY_COLOUR, character_spacing=(0, 6)),),
)

_PRINT_WORDS = Recipe(
    name="documents",
    texts=(
        Words(weight=0.8, alphabet="any", case=CaseWeights(listed=0.7, upper=0.1, capitalised=0.2)),
        Digits(weight=0.08),
        Dates(weight=0.06),
        Amounts(weight=0.06),
    ),
    looks=(Style(colours=(Colours(low="#000000", high="#404040"),)),),
)

_CHINESE_WORDS = Recipe(
    name="Chinese street",
    texts=(
        Words(weight=0.75, language="cn", max_words=6, max_length=8, spaces=False),
        Pattern(weight=0.05, pattern=r"[1-9]\d{0,3}[年月日号元路楼米]"),
        Words(weight=0.1, alphabet="ascii", case=CaseWeights(listed=0.2, upper=0.8)),
        Digits(weight=0.1, max_length=11),
    ),
    looks=(Style(fonts=("cn/SourceHanSans-Normal", "ja/TakaoMincho"), colours=_ANY_COLOUR, stroke_width=(0, 1)),),
)

_PRODUCT_WORDS = Recipe(
    name="products and labels",
    texts=(
        Words(weight=0.6, alphabet="ascii", case=CaseWeights(listed=0.2, upper=0.4, capitalised=0.4)),
        Amounts(weight=0.15),
        Pattern(weight=0.15, pattern=r"\d{1,4} ?(g|kg|ml|l|cm|mg)|\d{1,2}%|No\. ?\d{1,3}|[A-Z]{2,4}-?\d{2,5}"),
        Characters(weight=0.1, min_length=4, max_length=12),
    ),
    looks=(Style(colours=_ANY_COLOUR),),
)

SCENE_PRESETS: dict[str, SceneRecipe] = {
    recipe.name: recipe
    for recipe in (
        SceneRecipe(
            name="street signs",
            words=_STREET_WORDS,
            text_height=(12, 120),
            blocks=BlockWeights(sign=3, label=1.5, direct=3, paragraph=0.25, page=0.03),
            groups=(1, 7),
            empty=0.25,
            least_height=10.0,
            least_contrast=24.0,
        ),
        SceneRecipe(
            name="documents",
            words=_PRINT_WORDS,
            halls=0.0,
            text_height=(8, 40),
            blocks=BlockWeights(sign=0.3, label=0.3, direct=0.2, paragraph=2, page=3),
            groups=(1, 6),
            empty=0.05,
            perspective=25.0,
            upright=0.01,
            curved=0.0,
            distractors=(0, 4),
        ),
        SceneRecipe(name="Chinese street", words=_CHINESE_WORDS, text_height=(12, 120), upright=0.2),
        SceneRecipe(
            name="products and labels",
            words=_PRODUCT_WORDS,
            blocks=BlockWeights(sign=1, label=5, direct=2, paragraph=0.5, page=0),
            groups=(2, 16),
            turned=0.12,
            curved=0.15,
        ),
    )
}
"""Scene recipes to start from, by name."""
