"""Check of a recipe before anything is made, with the size and duration of the generation.

Findings are missing glyphs, rejected or faint texts, labels that a reader cannot write and images too small for them.
They come from samples of the recipe itself: texts alone where texts decide, images where pixels do. Nothing is
written, and nothing is refused: users decide what a finding matters.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal

from engine.config.generate import GenerateConfig
from engine.config.reader import ReaderConfig
from engine.config.recipe import Recipe
from engine.formatting import rough
from engine.labels import right_to_left_warning, runs_left
from engine.synth.asset_resolver import AssetResolver
from engine.synth.fonts import Font
from engine.synth.preview import Estimate, estimate
from engine.synth.samples import RenderedSample, fonts_for, render_sample
from engine.synth.texts import draw_text
from engine.synth.unlike import never_drawn, otherwise_drawn
from engine.workspace import Workspace

FAINT = 20
"""Contrast of a text in grey levels (0 to 255) below which people hardly read it."""

Kind = Literal[
    "fonts",
    "signs",
    "never",
    "alike",
    "drops",
    "faint",
    "long",
    "narrow",
    "squeezed",
    "right_to_left",
    "no_text",
    "ignored",
    "pictures",
]
"""Subjects of a finding; the last three are of scenes."""

_TEXTS = 1000
_IMAGES = 48
_MIN_REJECTED = 0.02  # share of tries below which nothing is said
_SHOWN_CHARACTERS = 12  # named in a sentence


@dataclass(frozen=True)
class FontGap:
    """A font that lacks characters of the texts, and the share of the texts (0 to 1) that it is not used for."""

    id: str
    label: str
    missing: str
    share: float


@dataclass(frozen=True)
class RecipeFinding:
    """A possible problem: its kind, the share of texts, images or tries that it affects, and a sentence."""

    kind: Kind
    share: float
    text: str


@dataclass(frozen=True)
class RecipeCheck:
    """Result of a check.

    Attributes:
        findings: those with the largest share first.
        fonts: fonts that lack characters; they are not used for texts that they cannot draw.
        characters: all characters of the drawn texts, sorted.
        longest: characters of the longest label among them.
        dropped: rejected tries as shares of all tries, by reason.
        estimate: size, duration and speed of the generation.
    """

    findings: list[RecipeFinding]
    fonts: list[FontGap]
    characters: str
    longest: int
    dropped: dict[str, float]
    estimate: Estimate


def check(
    config: GenerateConfig,
    reader: ReaderConfig | None = None,
    workspace: Workspace | None = None,
    watch: Callable[[], object] = lambda: None,
) -> RecipeCheck:
    """Check a generation by 1000 of its texts and 48 of its images, in about a second.

    Args:
        config: the generation.
        reader: the reader to be trained on it, for its limits; None takes the default.
        workspace: holds uploaded fonts, lists and pictures.
        watch: called between two images; what it raises ends the check.

    Raises:
        ConfigError: the recipe cannot be drawn at all.
    """
    assets, reader = AssetResolver(workspace), reader or ReaderConfig()
    drawn = _draw_texts(config.recipe, config.seed, assets)
    texts = [text for _, text in drawn]
    watch()
    samples = []
    for index in range(_IMAGES):
        samples.append(render_sample(config.recipe, config.seed, index, assets=assets))
        watch()
    tries = Counter(reason for rendered in samples for reason in rendered.sample.dropped.elements())
    dropped = {reason: count / (len(samples) + tries.total()) for reason, count in tries.most_common()}
    gaps = _font_gaps(config.recipe, drawn, assets)
    watch()
    findings = [
        *_font_findings(gaps, config.recipe, drawn, assets),
        *_text_findings(texts, reader),
        *_image_findings(samples, dropped, reader),
    ]
    expected = estimate(config.recipe, config.images, config.quality, config.format, config.processes, workspace)
    characters = "".join(sorted(set().union(*texts)))
    findings.sort(key=lambda finding: -finding.share)
    return RecipeCheck(findings, gaps, characters, max(map(len, texts)), dropped, expected)


def check_fonts(recipe: Recipe, seed: int, assets: AssetResolver) -> tuple[list[FontGap], list[RecipeFinding]]:
    """Return the fonts that lack characters of 1000 texts of a recipe, and what is to be said of them.

    Raises:
        ConfigError: the recipe names what does not exist.
    """
    drawn = _draw_texts(recipe, seed, assets)
    gaps = _font_gaps(recipe, drawn, assets)
    return gaps, list(_font_findings(gaps, recipe, drawn, assets))


def _draw_texts(recipe: Recipe, seed: int, assets: AssetResolver) -> list[tuple[int, str]]:
    """Return texts, each with the index of its text source."""
    sources = recipe.texts
    weights = [source.weight for source in sources]
    numbers = Random(seed).choices(range(len(sources)), weights, k=_TEXTS)
    return [
        (number, draw_text(sources[number], lambda name, i=i: Random(f"{seed}/{i}/{name}"), assets))
        for i, number in enumerate(numbers)
    ]


def _font_gaps(recipe: Recipe, drawn: list[tuple[int, str]], assets: AssetResolver) -> list[FontGap]:
    missing: dict[Font, set[str]] = {}
    left_out: Counter[Font] = Counter()
    meant: Counter[Font] = Counter()
    for number, source in enumerate(recipe.texts):
        texts = [text for drawn_by, text in drawn if drawn_by == number]
        fonts = {font for style in recipe.looks if style.weight for font in fonts_for(style, source, assets)[0]}
        characters = set().union(*texts)
        for font in fonts:
            lacks = {character for character in characters if not font.can_draw(character)}
            meant[font] += len(texts)
            if lacks:
                missing.setdefault(font, set()).update(lacks)
                left_out[font] += sum(not lacks.isdisjoint(text) for text in texts)
    gaps = [
        FontGap(font.id, font.label, "".join(sorted(lacks)), left_out[font] / meant[font])
        for font, lacks in missing.items()
    ]
    return sorted(gaps, key=lambda gap: (-gap.share, gap.id))


def _font_findings(
    gaps: list[FontGap], recipe: Recipe, drawn: list[tuple[int, str]], assets: AssetResolver
) -> Iterator[RecipeFinding]:
    lost: Counter[str] = Counter()
    styles = [style for style in recipe.looks if style.weight]
    lists_of = [[fonts_for(style, source, assets) for style in styles] for source in recipe.texts]
    for number, text in drawn:
        lists = lists_of[number]
        if not all(any(font.can_draw(text) for fonts in each for font in fonts) for each in lists):
            lost.update(character for character in set(text) if not _some_font_draws(character, lists))
            lost[""] += 1
    if share := lost.pop("", 0) / len(drawn):
        named = _named(sign for sign, _ in lost.most_common())
        why = f"no font chosen has {named}" if named else "no single font chosen has all of their characters"
        yield RecipeFinding("signs", share, f"{rough(share)} of the texts are never drawn: {why}. Choose other fonts.")
    choices = [[font for lists in every for fonts in lists for font in fonts] for every in lists_of]
    texts = [(text, choices[number]) for number, text in drawn]
    yield from (RecipeFinding("alike", share, words) for share, words in otherwise_drawn(texts))
    yield from (RecipeFinding("never", share, words) for share, words in never_drawn(recipe, assets))
    if gaps:
        worst = "; ".join(f"{gap.label} ({_named(gap.missing)})" for gap in gaps[:3])
        many = f"{len(gaps)} fonts lack" if len(gaps) > 1 else "1 font lacks"
        yield RecipeFinding(
            "fonts", gaps[0].share, f"{many} characters and {'are' if len(gaps) > 1 else 'is'} left out there: {worst}."
        )


def _some_font_draws(character: str, lists: list[list[list[Font]]]) -> bool:
    return all(any(font.can_draw(character) for fonts in each for font in fonts) for each in lists)


def _text_findings(texts: list[str], reader: ReaderConfig) -> Iterator[RecipeFinding]:
    if share := _share(len(text) > reader.max_length for text in texts):
        words = (
            f"{rough(share)} of the labels have over {reader.max_length} characters, the most this reader writes. Draw "
            "shorter texts, or raise the reader's max length."
        )
        yield RecipeFinding("long", share, words)
    if reader.decoder == "ctc" and (words := right_to_left_warning(texts)):
        yield RecipeFinding("right_to_left", _share(map(runs_left, texts)), words)


def _image_findings(
    samples: list[RenderedSample], dropped: dict[str, float], reader: ReaderConfig
) -> Iterator[RecipeFinding]:
    if (share := sum(dropped.values())) >= _MIN_REJECTED:
        reasons = ", ".join(f"{reason} {rough(part)}" for reason, part in dropped.items())
        words = f"{rough(share)} of the tries give no image and are drawn again: {reasons}."
        yield RecipeFinding("drops", share, words)
    if share := _share(rendered.contrast < FAINT for rendered in samples):
        words = (
            f"{rough(share)} of the images have under {FAINT} levels between text and background; people hardly read "
            "them. Raise the least contrast, or choose other colours or backgrounds."
        )
        yield RecipeFinding("faint", share, words)
    sizes = reader.preprocessing.changed(max_width=4096)
    labels = [rendered.sample.label for rendered in samples]
    widths = [sizes.prepared_width(*rendered.sample.image.size) for rendered in samples]
    if share := _share(width < reader.width_for(label) for width, label in zip(widths, labels, strict=True)):
        words = (
            f"{rough(share)} of the images are too narrow for their label once they are {reader.height} px high: under "
            f"{reader.stride} px per character. Draw fewer characters, or no vertical text."
        )
        yield RecipeFinding("narrow", share, words)
    if share := _share(width > reader.max_width for width in widths):
        words = (
            f"{rough(share)} of the images are wider than {reader.max_width} px once they are {reader.height} px high, "
            "and are squeezed. Draw shorter texts, or raise the reader's max width."
        )
        yield RecipeFinding("squeezed", share, words)


def _share(conditions: Iterable[bool]) -> float:
    """Return the share of conditions that are true."""
    results = list(conditions)
    return sum(results) / len(results)


def _named(characters: Iterator[str] | str) -> str:
    every = ["the space" if character == " " else character for character in characters]
    rest = len(every) - _SHOWN_CHARACTERS
    return " ".join(every[:_SHOWN_CHARACTERS]) + (f" and {rest} more" if rest > 0 else "")
