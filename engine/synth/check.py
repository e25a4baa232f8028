"""What a recipe will do wrong, told before anything is made: missing glyphs, faint or lost text, labels a reader
cannot write, images too small for them, and what the dataset costs.

Everything is judged by samples of the recipe itself: texts alone where texts decide, images where pixels do. Nothing is
written, and nothing is refused: a finding is for people to weigh.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random
from typing import Literal

from engine.config.generate import GenerateConfig
from engine.config.reader import ReaderConfig
from engine.config.recipe import Recipe
from engine.reading.preprocess import Preprocessing
from engine.synth.asset_resolver import AssetResolver
from engine.synth.contrast import contrast_of
from engine.synth.fonts import Font
from engine.synth.preview import Estimate, estimate
from engine.synth.samples import RenderedSample, fonts_for, render_sample
from engine.synth.scripts import runs_left
from engine.synth.texts import draw_text
from engine.workspace import Workspace

FAINT = 20
"""Levels of brightness between text and background under which people hardly read."""

Kind = Literal["fonts", "signs", "drops", "faint", "long", "narrow", "squeezed", "right_to_left"]

_TEXTS = 1000
_IMAGES = 48
_SHOWN = 12  # missing characters named in a sentence


@dataclass(frozen=True)
class FontGap:
    """A font that lacks characters of the texts, and the share of the texts (0 to 1) that it is left out of."""

    id: str
    label: str
    missing: str
    share: float


@dataclass(frozen=True)
class RecipeFinding:
    """Something to weigh: what it is about, the share of texts, images or tries it touches, and a sentence."""

    kind: Kind
    share: float
    text: str


@dataclass(frozen=True)
class RecipeCheck:
    """What is known of a dataset before it is made.

    Attributes:
        findings: the worst of each kind first.
        fonts: fonts that lack characters; they are left out by themselves of the texts that they cannot draw.
        characters: those of the texts looked at, sorted.
        longest: characters of the longest label among them.
        dropped: tries that gave no image, as shares of all tries, by reason.
        estimate: size, time and speed.
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
    """Judge a generation by 1000 of its texts and 48 of its images; takes about a second.

    Args:
        config: what is to be made.
        reader: the reader to be trained on it, for its limits.
        workspace: where uploaded fonts, lists and pictures are.
        watch: called between two images; what it raises ends the check.

    Raises:
        ConfigError: the recipe cannot be drawn at all.
    """
    shelf, reader = AssetResolver(workspace), reader or ReaderConfig()
    drawn = _draw_texts(config, shelf)
    texts = [text for _, text in drawn]
    watch()
    takes = []
    for index in range(_IMAGES):
        takes.append(render_sample(config.recipe, config.seed, index, shelf=shelf))
        watch()
    tries = Counter(reason for take in takes for reason in take.sample.dropped.elements())
    dropped = {reason: count / (len(takes) + tries.total()) for reason, count in tries.most_common()}
    gaps = _font_gaps(config.recipe, drawn, shelf)
    watch()
    findings = [
        *_of_fonts(gaps, config.recipe, drawn, shelf),
        *_of_texts(texts, reader),
        *_of_images(takes, dropped, reader),
    ]
    cost = estimate(config.recipe, config.images, config.quality, config.format, config.processes, workspace)
    characters = "".join(sorted(set().union(*texts)))
    findings.sort(key=lambda finding: -finding.share)
    return RecipeCheck(findings, gaps, characters, max(map(len, texts)), dropped, cost)


def _draw_texts(config: GenerateConfig, shelf: AssetResolver) -> list[tuple[int, str]]:
    """Draw texts with the numbers of their sources."""
    sources = config.recipe.texts
    weights = [source.weight for source in sources]
    numbers = Random(config.seed).choices(range(len(sources)), weights, k=_TEXTS)
    return [
        (number, draw_text(sources[number], lambda name, i=i: Random(f"{config.seed}/{i}/{name}"), shelf))
        for i, number in enumerate(numbers)
    ]


def _font_gaps(recipe: Recipe, drawn: list[tuple[int, str]], shelf: AssetResolver) -> list[FontGap]:
    missing: dict[Font, set[str]] = {}
    left_out: Counter[Font] = Counter()
    meant: Counter[Font] = Counter()
    for number, source in enumerate(recipe.texts):
        texts = [text for drawn_by, text in drawn if drawn_by == number]
        fonts = {font for look in recipe.looks if look.weight for font in fonts_for(look, source, shelf)[0]}
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


def _of_fonts(
    gaps: list[FontGap], recipe: Recipe, drawn: list[tuple[int, str]], shelf: AssetResolver
) -> Iterator[RecipeFinding]:
    lost: Counter[str] = Counter()
    looks = [look for look in recipe.looks if look.weight]
    for number, text in drawn:
        lists = [fonts_for(look, recipe.texts[number], shelf) for look in looks]
        if not all(any(font.can_draw(text) for fonts in each for font in fonts) for each in lists):
            lost.update(character for character in set(text) if not _some_font_draws(character, lists))
            lost[""] += 1
    if share := lost.pop("", 0) / len(drawn):
        named = _named(sign for sign, _ in lost.most_common())
        why = f"no font chosen has {named}" if named else "no single font chosen has all of their characters"
        yield RecipeFinding("signs", share, f"{share:.0%} of the texts are never drawn: {why}. Choose other fonts.")
    if gaps:
        worst = "; ".join(f"{gap.label} ({_named(gap.missing)})" for gap in gaps[:3])
        many = f"{len(gaps)} fonts lack" if len(gaps) > 1 else "1 font lacks"
        yield RecipeFinding(
            "fonts", gaps[0].share, f"{many} characters and {'are' if len(gaps) > 1 else 'is'} left out there: {worst}."
        )


def _some_font_draws(character: str, lists: list[list[list[Font]]]) -> bool:
    return all(any(font.can_draw(character) for fonts in each for font in fonts) for each in lists)


def _of_texts(texts: list[str], reader: ReaderConfig) -> Iterator[RecipeFinding]:
    long = sum(len(text) > reader.max_length for text in texts) / len(texts)
    if long:
        yield RecipeFinding(
            "long", long, f"{long:.0%} of the labels have over {reader.max_length} characters, the most this reader "
            "writes. Draw shorter texts, or raise the reader's max length.",
        )  # fmt: skip
    left = sum(map(runs_left, texts)) / len(texts)
    if left and reader.decoder == "ctc":
        yield RecipeFinding(
            "right_to_left", left, f"{left:.0%} of the texts are read from right to left, and a CTC reader writes from "
            "left to right. Train one with an attention decoder.",
        )  # fmt: skip


def _of_images(takes: list[RenderedSample], dropped: dict[str, float], reader: ReaderConfig) -> Iterator[RecipeFinding]:
    lost = sum(dropped.values())
    if lost >= 0.02:
        reasons = ", ".join(f"{reason} {share:.0%}" for reason, share in dropped.items())
        yield RecipeFinding("drops", lost, f"{lost:.0%} of the tries give no image and are drawn again: {reasons}.")
    faint = sum(contrast_of(take.sample.image, take.ink) < FAINT for take in takes) / len(takes)
    if faint:
        yield RecipeFinding(
            "faint", faint, f"{faint:.0%} of the images have under {FAINT} levels between text and background; people "
            "hardly read them. Raise the least contrast, or choose other colours or backgrounds.",
        )  # fmt: skip
    sizes = Preprocessing(height=reader.height, max_width=4096)
    widths = [(sizes.prepared_width(*take.sample.image.size), take.sample.label) for take in takes]
    narrow = sum(width < reader.width_for(label) for width, label in widths) / len(takes)
    if narrow:
        yield RecipeFinding(
            "narrow", narrow, f"{narrow:.0%} of the images are too narrow for their label once they are "
            f"{reader.height} px high: under {reader.stride} px a character. Draw fewer characters, or no "
            "vertical text.",
        )  # fmt: skip
    squeezed = sum(width > reader.max_width for width, _ in widths) / len(takes)
    if squeezed:
        yield RecipeFinding(
            "squeezed", squeezed, f"{squeezed:.0%} of the images are wider than {reader.max_width} px once they are "
            f"{reader.height} px high, and are squeezed. Draw shorter texts, or raise the reader's max width.",
        )  # fmt: skip


def _named(characters: Iterator[str] | str) -> str:
    every = list(characters)
    return " ".join(every[:_SHOWN]) + (f" and {len(every) - _SHOWN} more" if len(every) > _SHOWN else "")
