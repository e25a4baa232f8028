"""A recipe while it is edited: the parts that were added, copied and removed, and how it differs from its start.

Each part keeps what it started from, at which its inputs start, and its values as of the last look, which hold while
its inputs are folded away. It lives in the session and as plain values in the workspace; nothing is drawn here.
"""

import re
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, Self

from dashboard.common.setting_words import changes
from engine.config.base import Config
from engine.config.letters import ColourPair
from engine.config.recipe import Recipe
from engine.config.scene_recipe import SceneRecipe
from engine.config.style import Colours, Style
from engine.synth.in_language import texts_in_language
from engine.synth.saved_recipes import AnyRecipe

Kind = Literal["texts", "looks"]
NOUNS: dict[Kind, str] = {"texts": "Text", "looks": "Look"}
ROWS: Mapping[str, type[Config]] = {"colours": Colours, "stroke_colours": Colours, "colour_pairs": ColourPair}
"""Lists of configs within a part that are edited row by row, and what each row is."""

_LATER_ROWS = ("colour_pairs",)  # which drafts of older versions lack


class Draft(Protocol[AnyRecipe]):
    """A recipe being tuned, of words or of scenes."""

    start: AnyRecipe
    """The recipe that it started from."""

    def recipe(self) -> AnyRecipe:
        """Return the recipe as it is now. Raises ConfigError, naming each refused value."""
        ...

    def changes(self, recipe: AnyRecipe) -> list[str]:
        """Return the differences of `recipe`, as this draft gives it, from its start, in plain words."""
        ...

    def take(self, recipe: AnyRecipe) -> None:
        """Take the values of a recipe with as many parts: inputs of parts that change begin anew at these."""
        ...

    def plain(self) -> dict[str, Any]:
        """Return JSON types from which the same draft comes back (`restored`)."""
        ...

    def marks(self) -> list[str]:
        """Return the marks by which the keys of its inputs begin."""
        ...


@dataclass(eq=False)
class DraftPart:
    """A text source, a look, a range or a pair of colours, or the settings of scenes.

    Attributes:
        start: the config at which its inputs start.
        origin: its place in the recipe that the draft started from; None when it was added since.
        values: plain values, which the config may refuse.
        rows: its lists of further parts, by setting.
        mark: another for each part, so that inputs of one are never those of another.
    """

    start: Any
    origin: int | None = None
    values: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, list["DraftPart"]] = field(default_factory=dict)
    mark: str = field(default_factory=lambda: uuid.uuid4().hex[:8])

    def __post_init__(self) -> None:
        self.values = self.start.plain()
        for name in ROWS:
            if hasattr(self.start, name):
                self.rows[name] = [DraftPart(row, place) for place, row in enumerate(getattr(self.start, name))]

    def plain(self) -> dict[str, Any]:
        """Return the values as the config reads them."""
        return self.values | {name: [row.plain() for row in rows] for name, rows in self.rows.items()}

    def kept(self) -> dict[str, Any]:
        """Return JSON types from which this very part comes back, also while its values are refused."""
        rows = {name: [row.kept() for row in rows] for name, rows in self.rows.items()}
        return {
            "start": self.start.plain(),
            "origin": self.origin,
            "values": self.values,
            "rows": rows,
            "mark": self.mark,
        }

    @classmethod
    def brought_back(cls, kept: Any, read: Callable[[Any], Config]) -> Self:
        """Return the part of what was kept; `read` makes a config. Raises as `RecipeDraft.restored` does."""
        part = cls(read(kept["start"]), kept["origin"], mark=_mark(kept["mark"]))
        part.values |= {name: value for name, value in kept["values"].items() if name in part.values}
        for name in part.rows:
            if name in kept["rows"] or name not in _LATER_ROWS:
                part.rows[name] = [DraftPart.brought_back(row, ROWS[name].parse) for row in kept["rows"][name]]
        return part

    def marks(self) -> list[str]:
        """Return its mark and those of its rows."""
        return [self.mark, *(row.mark for rows in self.rows.values() for row in rows)]

    def copy(self) -> Self:
        """Return a part of its own that starts at these values. Raises ConfigError when the config refuses them."""
        return type(self)(type(self.start).parse(self.plain()))

    def add_row(self, name: str) -> None:
        """Add a range or a pair of colours, as the last one is."""
        rows = self.rows[name]
        rows.append(rows[-1].copy() if rows else DraftPart(ROWS[name]()))


@dataclass(eq=False)
class RecipeDraft:
    """A recipe of words being tuned, and the one it started from."""

    start: Recipe
    texts: list[DraftPart] = field(default_factory=list)
    looks: list[DraftPart] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.texts = [DraftPart(part, place) for place, part in enumerate(self.start.texts)]
        self.looks = [DraftPart(part, place) for place, part in enumerate(self.start.looks)]

    @classmethod
    def restored(cls, plain: Any) -> Self:
        """Return the draft of plain values. Raises ConfigError, LookupError, TypeError or ValueError on others."""
        draft = cls(Recipe.parse(plain["start"]))
        if "recipe" not in plain:
            draft.texts = [DraftPart.brought_back(part, _text_source) for part in plain["texts"]]
            draft.looks = [DraftPart.brought_back(part, Style.parse) for part in plain["looks"]]
            if not (draft.texts and draft.looks):
                raise LookupError("The draft has no text or no look.")
            return draft
        recipe = Recipe.parse(plain["recipe"])  # as older versions kept it
        draft.texts = _parts(recipe.texts, plain["texts"], draft.texts)
        draft.looks = _parts(recipe.looks, plain["looks"], draft.looks)
        return draft

    def parts(self, kind: Kind) -> list[DraftPart]:
        """Return the text sources or the looks."""
        return self.texts if kind == "texts" else self.looks

    def languages(self) -> list[str]:
        """Return the languages of its texts, English for what is no words: they name the fonts where none is chosen."""
        return list(dict.fromkeys(str(part.values.get("language", "en")) for part in self.texts))

    def put_into(self, language: str) -> None:
        """Put all texts into a language. Raises ConfigError: see `in_language`."""
        pairs = zip(self.texts, texts_in_language(self.recipe(), language), strict=True)
        self.texts = [DraftPart(source, part.origin) for part, source in pairs if source is not None]

    def recipe(self) -> Recipe:
        """Return the recipe as it is now. Raises ConfigError, naming each refused value."""
        return Recipe.parse(
            {
                "name": self.start.name,
                "texts": [part.plain() for part in self.texts],
                "looks": [part.plain() for part in self.looks],
            }
        )

    def take(self, recipe: Recipe) -> None:
        """Take the values of a recipe with as many texts and looks."""
        for kind in NOUNS:
            parts = self.parts(kind)
            for place, (part, config) in enumerate(zip(parts, getattr(recipe, kind), strict=True)):
                if part.plain() != config.plain():
                    parts[place] = DraftPart(config, part.origin)

    def plain(self) -> dict[str, Any]:
        """Return the draft as JSON types."""
        return {"start": self.start.plain()} | {kind: [part.kept() for part in self.parts(kind)] for kind in NOUNS}

    def marks(self) -> list[str]:
        """Return the marks of all parts."""
        return [mark for kind in NOUNS for part in self.parts(kind) for mark in part.marks()]

    def changes(self, recipe: Recipe) -> list[str]:
        """Return the differences of `recipe`, as this draft gives it, from the one it started from, in plain words."""
        return [*self._changes("texts", recipe), *self._changes("looks", recipe)]

    def _changes(self, kind: Kind, recipe: Recipe) -> Iterator[str]:
        parts, before, now = self.parts(kind), getattr(self.start, kind), getattr(recipe, kind)
        origins = {part.origin for part in parts}
        for place in range(len(before)):
            if place not in origins:
                yield f"{NOUNS[kind]} {place + 1} of before: removed"
        for number, (part, config) in enumerate(zip(parts, now, strict=True), 1):
            name = f"{NOUNS[kind]} {number}"
            if part.origin is None:
                yield f"{name}: added"
            else:
                yield from (f"{name} · {words}" for words in _differing(before[part.origin], config))


@dataclass(eq=False)
class SceneDraft:
    """A recipe of scenes being tuned: its own settings, and the recipe of words inside it."""

    start: SceneRecipe
    scene: DraftPart = field(init=False)
    words: RecipeDraft = field(init=False)

    def __post_init__(self) -> None:
        self.scene, self.words = DraftPart(self.start), RecipeDraft(self.start.words)

    @classmethod
    def restored(cls, plain: Any) -> Self:
        """Return the draft of plain values. Raises ConfigError, LookupError, TypeError or ValueError on others."""
        draft = cls(SceneRecipe.parse(plain["start"]))
        draft.words = RecipeDraft.restored(plain["words"])
        kept = plain["scene"]
        if "mark" in kept:
            draft.scene = DraftPart.brought_back(kept, SceneRecipe.parse)
        else:  # as older versions kept it
            draft.scene = DraftPart(SceneRecipe.parse(kept))
        return draft

    def recipe(self) -> SceneRecipe:
        """Return the recipe as it is now. Raises ConfigError, naming each refused value."""
        return SceneRecipe.parse({**self.scene.plain(), "words": self.words.recipe().plain()})

    def take(self, recipe: SceneRecipe) -> None:
        """Take the values of a recipe of scenes."""
        apart = {"words": None}  # they are a draft of their own
        if self.scene.plain() | apart != recipe.plain() | apart:
            self.scene = DraftPart(recipe)
        self.words.take(recipe.words)

    def plain(self) -> dict[str, Any]:
        """Return the draft as JSON types."""
        return {"start": self.start.plain(), "scene": self.scene.kept(), "words": self.words.plain()}

    def marks(self) -> list[str]:
        """Return the marks of all parts."""
        return [*self.scene.marks(), *self.words.marks()]

    def changes(self, recipe: SceneRecipe) -> list[str]:
        """Return the differences of `recipe`, as this draft gives it, from the one it started from, in plain words."""
        other = self.words.start != self.start.words
        taken = [f"Words: those of {self.words.start.name or 'another recipe'}"] if other else []
        own = _differing(self.start.changed(words=recipe.words), recipe)
        return [*own, *taken, *self.words.changes(recipe.words)]


def _text_source(plain: Any) -> Config:
    return Recipe.parse({"texts": [plain]}).texts[0]


def _mark(mark: Any) -> str:
    """Return a mark as it may begin the keys of inputs. Raises ValueError on anything else."""
    if not isinstance(mark, str) or not re.fullmatch("[0-9a-f]{8}", mark):
        raise ValueError(f"{mark!r} is no mark of a part: 8 hex digits are.")
    return mark


def _parts(configs: Sequence[Config], origins: Sequence[int | None], before: Sequence[DraftPart]) -> list[DraftPart]:
    """Return parts of a draft that is restored, with their places before. Raises LookupError, TypeError, ValueError."""
    places = [None if origin is None else before[origin].origin for origin in origins]
    return [DraftPart(config, place) for config, place in zip(configs, places, strict=True)]


def _differing(before: Config, now: Config) -> Iterator[str]:
    for title, old, new in changes(before, now):
        yield f"{title}: {old} → {new}"
