"""The report on an import: the number of images imported, those left out and why, and the rule that decides.

Each problem has a count, examples, and the choices of its rule. The report is stored beside the imported dataset.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any, Literal, get_args

from engine.config.generate import Split
from engine.config.importing import ImportConfig
from engine.datasets.importing.detected import nothing_accepted
from engine.datasets.importing.formats.base import Item, OutlineReason
from engine.datasets.importing.scan import ScanResult
from engine.datasets.importing.validate import ItemResult, Reason, validate
from engine.datasets.problems import Example, Problem, ReasonText, SourceReport, evenly_spaced, problems_of
from engine.datasets.scenes.importing.reasons import SCENE_REASONS
from engine.datasets.splits import SPLITS
from engine.datasets.statistics import RARE_COUNT
from engine.errors import SourceError
from engine.sources.questions import ImportQuestion, Remedy
from glyphlab_read.images.open import FORMAT_NAMES

_ACCEPTED_EXAMPLES = 12
_MANY = 10  # images of which nearly all may have one label by chance
_NEARLY_ALL = 0.95


_LEAVE = "leave them out"
_STAY = "leave them in their photos"
_WORDS: dict[OutlineReason, dict[str, str]] = {
    "crossing": {"repair": "put their corners in order", "skip": _LEAVE},
    "marked": {"ignore": _STAY, "count": "cut them out where their text is known"},
    "foreign": {"ignore": _STAY, "count": "cut them out"},
}
"""Answers that mean something else where words are cut out."""


def _for_words(reason: OutlineReason) -> ReasonText:
    text = SCENE_REASONS[reason]
    return text._replace(rule=text.rule and f"outlines.{text.rule}", choices=_WORDS.get(reason, text.choices))


REASONS: dict[Reason, ReasonText] = {
    "unlabelled": ReasonText("have no label"),
    "missing": ReasonText("are listed but not there"),
    "line": ReasonText("stand on a line that is not understood"),
    "record": ReasonText("stand in a record that is damaged"),
    "features": ReasonText("stand in a record of features that are not known"),
    "packed": ReasonText("files packed with gzip, not read: unpack them"),
    "companion": ReasonText("pictures beside an image, its mask or another version of it"),
    "beside": ReasonText("lists beside the images without texts, no labels"),
    "unused": ReasonText(
        "files that may hold labels, not used",
        "unused",
        {"ask": "import nothing until this is settled", "leave": "leave them aside"},
    ),
    "alike": ReasonText(
        "have one and the same label",
        "alike",
        {"ask": "import nothing until this is confirmed", "keep": "keep the labels"},
    ),
    "textless": ReasonText("are outlined without a text, and stay in their photos"),
    "outline": ReasonText("have no outline that is understood"),
    "partly": SCENE_REASONS["outside"]._replace(
        rule="outlines.outside", choices={"clip": "cut out those that lie inside by nine tenths", "skip": _LEAVE}
    ),
    "coarse": ReasonText("are lines or characters where words are outlined, too"),
    "finer": ReasonText("are words or characters, of which whole lines are cut out"),
    "tiny": ReasonText("are too small to be cut out, under 4 px"),
    "upright": ReasonText(
        "are clearly higher than wide, so that their text runs down or up",
        "upright",
        {
            "ask": "import nothing until it is said",
            "down": "they run down, so turn them to the left",
            "up": "they run up, so turn them to the right",
            "keep": "keep them as they stand",
            "skip": _LEAVE,
        },
    ),
    "columns": ReasonText(
        "are written in columns, from top to bottom",
        "columns",
        {"down": "turn them to the left, so that they read from left to right", "keep": "keep them as they stand"}
        | {"skip": _LEAVE},
    ),
    **{reason: _for_words(reason) for reason in get_args(OutlineReason)},
    "undecodable": ReasonText(f"cannot be opened as {FORMAT_NAMES}"),
    "too_large": ReasonText("are over the size limits"),
    "blank": ReasonText("are blank, so that they show nothing of their label"),
    "unreadable": ReasonText("cannot be read from the disk"),
    "link": ReasonText("lie behind a link, which is never followed"),
    "closed": ReasonText("lie in a folder that cannot be read"),
    "encrypted": ReasonText("are encrypted"),
    "nested": ReasonText("lie in an archive inside the archive"),
    "packing": ReasonText("are packed in a way that is not read (only stored and deflated are)"),
    "twin": ReasonText("have the same name as another in the archive"),
    "nul": ReasonText("have a zero byte in their name, as no file has"),
    "encoding": ReasonText("have a name in another encoding, so that no list names them (give it by --encoding)"),
    "empty": ReasonText("have an empty label"),
    "illegible": ReasonText(
        "have a label that marks an illegible text, such as ###",
        "illegible",
        {"skip": _LEAVE, "keep": "keep the labels"},
    ),
    "entities": ReasonText(
        "have HTML entities in their label, such as &amp;",
        "entities",
        {"decode": "write the characters that they stand for", "keep": "keep the labels", "skip": _LEAVE},
    ),
    "outside": ReasonText(
        "have characters outside the charset",
        "outside",
        {
            "skip": "leave them out",
            "remove": "remove those characters",
            "replace": "replace those characters",
            "keep": "keep the labels",
        },
    ),
    "too_long": ReasonText(
        "have too long a label",
        "too_long",
        {"skip": "leave them out", "cut": "cut the labels", "keep": "keep the labels"},
    ),
    "repeated": ReasonText(
        "repeat another's pixels and label", "repeated", {"skip": "leave the later ones out", "keep": "keep them"}
    ),
    "contradicting": ReasonText(
        "have the same pixels under different labels",
        "contradicting",
        {"skip": "leave all of them out", "first": "keep the first label's", "keep": "keep them all"},
    ),
}


@dataclass(frozen=True)
class ImportReport(SourceReport[Item]):
    """The outcome of an import of words.

    Attributes:
        characters: occurrences of each character in accepted labels.
        max_length: of accepted labels, in characters.
        leaks: accepted texts that are in more than one split.
    """

    characters: dict[str, int]
    max_length: int
    leaks: int

    @property
    def dropped(self) -> dict[str, int]:
        """Numbers of images and entries that are left out, by reason."""
        return {problem.reason: problem.dropped for problem in self.problems if problem.dropped}

    @property
    def charset(self) -> str:
        """The characters of accepted labels, sorted."""
        return "".join(sorted(self.characters))

    @property
    def rare(self) -> str:
        """The characters that occur fewer than RARE_COUNT times, sorted."""
        return "".join(sorted(character for character, count in self.characters.items() if count < RARE_COUNT))

    def plain(self) -> dict[str, Any]:
        """Return the report as JSON values, under the keys of `report.json`."""
        keys = {"format_title": "written", "scanned": "looked"}
        return {keys.get(name, name): value for name, value in super().plain().items()}


def make_report(scan: ScanResult, config: ImportConfig, results: list[ItemResult] | None = None) -> ImportReport:
    """Return the report on an import of a scanned source; fast enough for each change of a rule.

    Args:
        scan: the source.
        config: how it would be imported.
        results: `validate(scan, config)`, if the caller has it.
    """
    results = validate(scan, config) if results is None else results
    accepted = [result for result in results if result.dropped is None]
    counts = Counter(result.split for result in accepted)
    problems = _problems(scan, results, config)
    return ImportReport(
        title=scan.title,
        format=scan.format,
        format_title=scan.format_title,
        files=tuple(scan.files),
        listed=scan.listed,
        scanned=len(scan.items),
        accepted=len(accepted),
        counts={split: counts[split] for split in SPLITS},
        problems=problems,
        characters=dict(Counter(character for result in accepted for character in result.label).most_common()),
        max_length=max((len(result.label) for result in accepted), default=0),
        leaks=_leaks(accepted),
        examples=tuple(_example(result, "") for result in evenly_spaced(accepted, _ACCEPTED_EXAMPLES)),
        refused=_refused(scan.title, len(accepted), problems, refused=scan.format is None),
        seconds=scan.seconds,
    )


def _refused(title: str, accepted: int, problems: tuple[Problem[Item], ...], *, refused: bool) -> SourceError | None:
    asked = next((problem for problem in problems if problem.choice == "ask"), None)
    if not accepted and (asked is None or asked.reason == "unused"):
        return _none_counts(title, problems) or SourceError(nothing_accepted(title, problems, refused=refused))
    return _question(title, asked) if asked else None


def _question(title: str, problem: Problem[Item]) -> ImportQuestion:
    """Return what has to be said before an import, with the settings that say it."""
    first = problem.examples[0]
    about = repr(first.label) if problem.reason == "alike" else repr(first.name)
    about += f": {first.detail.rstrip('.')}" if first.detail else ""
    answers = {name: words for name, words in problem.choices.items() if name != "ask"}
    mend = "say that it is right so" if len(answers) == 1 else "say what is meant"
    return ImportQuestion(
        f"Nothing of {title!r} is imported yet: {problem.count:,} {problem.title} ({about}). "
        f"Put that right, or {mend}:",
        [Remedy(words, f"rules.{problem.rule}", name) for name, words in answers.items()],
    )


def _none_counts(title: str, problems: tuple[Problem[Item], ...]) -> ImportQuestion | None:
    """Return what is asked where all texts that are known are of regions that do not count."""
    deciding = [
        problem
        for problem in problems
        if problem.reason in ("marked", "foreign") and any(example.detail for example in problem.examples)
    ]
    if not deciding:
        return None
    why = "; ".join(f"{problem.count:,} {problem.title}" for problem in deciding)
    return ImportQuestion(
        f"No word of {title!r} is cut out, as none counts: {why}. Correct the labels, or take them:",
        [Remedy(problem.choices["count"], f"rules.{problem.rule}", "count") for problem in deciding],
    )


def _alike(accepted: list[ItemResult]) -> list[ItemResult]:
    """Return the images of the one label that all have, or of many nearly all; else none."""
    if len(accepted) < 2:
        return []
    (label, times), *_ = Counter(result.label for result in accepted).most_common(1)
    enough = 1.0 if len(accepted) < _MANY else _NEARLY_ALL
    return [result for result in accepted if result.label == label] if times >= enough * len(accepted) else []


def _problems(scan: ScanResult, results: list[ItemResult], config: ImportConfig) -> tuple[Problem[Item], ...]:
    """Return the problems, the most frequent first."""
    examples: defaultdict[Reason, list[Example[Item]]] = defaultdict(list)
    dropped: Counter[Reason] = Counter()
    for result in results:
        for reason in result.problems:
            examples[reason].append(_example(result, reason))
            dropped[reason] += result.dropped == reason
    for issue in scan.issues:
        examples[issue.reason].append(Example(issue.name, "", issue.detail, issue.item))
        dropped[issue.reason] += issue.dropped
    for result in _alike([result for result in results if result.dropped is None]):
        examples["alike"].append(_example(result, ""))
    return problems_of(REASONS, config.rules, examples, dropped)


def _example(result: ItemResult, reason: Reason | Literal[""]) -> Example[Item]:
    item, detail = result.scanned.item, result.look.detail
    if reason in ("repeated", "contradicting") and result.duplicate_of:
        detail = f"same pixels as {result.duplicate_of}"
    return Example(item.name, item.label, detail, item)


def _leaks(accepted: list[ItemResult]) -> int:
    splits: defaultdict[str, set[Split]] = defaultdict(set)
    for result in accepted:
        splits[result.label.casefold()].add(result.split)
    return sum(len(sides) > 1 for sides in splits.values())
