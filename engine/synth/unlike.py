"""Wishes of a recipe that its images do not show: words that are never drawn, other cases, letters that look alike.

Findings for the check of a recipe; nothing is refused.
"""

from collections.abc import Iterator, Sequence

from engine.config.recipe import Recipe
from engine.config.text_sources import WordList
from engine.formatting import rough
from engine.synth.asset_resolver import AssetResolver
from engine.synth.fitting import WordSource
from engine.synth.fonts import Font
from engine.synth.samples import fonts_for
from engine.synth.scripts import is_plain

_LOOKED_AT = 5000  # words of a list, spread over it
_NAMED = 5

FontLists = Sequence[list[Font]]


def never_drawn(recipe: Recipe, assets: AssetResolver) -> Iterator[tuple[float, str]]:
    """Yield the share of an uploaded list's entries that no image will ever show, with a sentence that names some."""
    for source in recipe.texts:
        if not isinstance(source, WordList):
            continue
        words = spread(assets.words(source))
        lists = [fonts_for(style, source, assets) for style in recipe.looks if style.weight]
        lost = [word for word in words if not (is_plain(word) and any(_drawable(word, each) for each in lists))]
        if lost:
            share = len(lost) / len(words)
            what = "those with control characters or lone marks" if not all(map(is_plain, lost)) else "no font has them"
            yield (
                share,
                f"{rough(share)} of the uploaded list are never drawn ({what}), such as {named(lost, len(lost))}.",
            )


def spread(words: WordSource) -> list[str]:
    """Return the words of a list, or 5000 spread over it."""
    found = (words[place] for place in range(0, len(words), max(1, len(words) // _LOOKED_AT)))
    return [word for word in found if word]


def named(words: Sequence[str], total: int) -> str:
    """Return the first of so many words in quotation marks, with what cannot be seen as its code."""
    shown = ", ".join(f"“{''.join(map(_visible, word[:30]))}”" for word in words[:_NAMED])
    rest = total - min(len(words), _NAMED)
    return f"{shown} and {rest:,} more" if rest else shown


def otherwise_drawn(drawn: Sequence[tuple[str, Sequence[Font]]]) -> Iterator[tuple[float, str]]:
    """Yield shares of texts that chosen fonts draw only in another case, or only with letters that look alike.

    Args:
        drawn: texts, each with the fonts of every style.
    """
    cased, alike, signs, fonts = 0, 0, set[str](), dict[str, None]()
    for text, choice in drawn:
        if any(font.is_plain(text) and font.can_draw(text) for font in choice):  # most often the first one
            continue
        able = [font for font in choice if font.can_draw(text)]
        if not able:
            continue
        fonts.update(dict.fromkeys(font.label for font in able))
        if all(font.as_drawn(text) != text for font in able):
            cased += 1
        else:
            alike += 1
            signs.update(*(font.ambiguous(text) for font in able))
    where = ", ".join(list(fonts)[:3])
    if cased:
        share = cased / len(drawn)
        yield (
            share,
            f"{rough(share)} of the labels are written in the one case that the fonts chosen draw ({where}).",
        )
    if alike:
        share = alike / len(drawn)
        yield (
            share,
            f"{rough(share)} of the texts hold {' '.join(sorted(signs)[:12])}, which the fonts chosen ({where}) draw "
            "like another letter or digit. Choose other fonts as well, or texts without them.",
        )


def _drawable(word: str, lists: FontLists) -> bool:
    return any(font.can_draw(word) for fonts in lists for font in fonts)


def _visible(character: str) -> str:
    return character if character.isprintable() else f"U+{ord(character):04X}"
