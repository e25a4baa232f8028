"""The report on an import of scenes: photos and regions that come in, what is wrong with the others, and the rules.

Each problem has a count, examples, and the choices of its rule. The report is stored beside the imported dataset.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass

from engine.config.scene_importing import SceneImportConfig, SceneRules
from engine.datasets.importing.detected import nothing_accepted
from engine.datasets.importing.problems import Example, Problem, ReasonText, SourceReport, evenly_spaced, problems_of
from engine.datasets.scenes.importing.scan import SceneScan
from engine.datasets.scenes.importing.validate import SceneReason, SceneResult, validate_scenes
from engine.datasets.splits import SPLITS
from engine.errors import SourceError
from engine.formatting import count
from engine.images.open import FORMAT_NAMES
from engine.labels import visible
from engine.sources.questions import ImportQuestion, Remedy

_ACCEPTED_EXAMPLES = 12
_NOT_COUNT = "keep them, but do not count them"

SCENE_REASONS: dict[SceneReason, ReasonText] = {
    "unlabelled": ReasonText(
        "photos without a list of regions",
        "unlabelled",
        {"skip": "leave them out", "empty": "take them as scenes without text"},
    ),
    "missing": ReasonText("photos listed but not there"),
    "line": ReasonText("lines not understood"),
    "record": ReasonText("records damaged"),
    "shape": ReasonText("regions without an outline that is understood"),
    "texts": ReasonText("lists of texts that do not go with their outlines, so that no text is taken"),
    "unused": ReasonText(
        "files that may hold labels, not used",
        "unused",
        {"ask": "import nothing until this is settled", "leave": "leave them aside"},
    ),
    "aside": ReasonText("files that may hold labels, left aside for the format that was chosen"),
    "undecodable": ReasonText(f"photos that cannot be opened as {FORMAT_NAMES}"),
    "too_large": ReasonText("photos over the size limits"),
    "unreadable": ReasonText("photos that cannot be read from the disk"),
    "link": ReasonText("links, which are never followed"),
    "encrypted": ReasonText("files encrypted"),
    "nested": ReasonText("archives inside the archive"),
    "packing": ReasonText("files packed in a way that is not read (only stored and deflated are)"),
    "twin": ReasonText("files of the same name as another in the archive"),
    "nul": ReasonText("files with a zero byte in their name, as no file has"),
    "empty": ReasonText(
        "photos with an empty list of regions", "empty", {"keep": "scenes without text", "skip": "leave them out"}
    ),
    "turned": ReasonText(
        "photos turned by their EXIF data",
        "turned",
        {
            "auto": "decide for each what its corners fit",
            "upright": "the corners are those of the upright photo",
            "stored": "the corners are those of the stored pixels, so turn them, too",
        },
    ),
    "shares": ReasonText(
        "photos whose corners all lie between 0 and 1",
        "shares",
        {"scale": "they are shares of the photo", "keep": "they are px"},
    ),
    "percent": ReasonText(
        "photos whose corners all lie between 0 and 100, as per cent would",
        "percent",
        {"ask": "import nothing until it is said", "scale": "they are per cent of the photo", "keep": "they are px"},
    ),
    "swapped": ReasonText(
        "photos whose corners lie outside, but not with x and y exchanged",
        "swapped",
        {"ask": "import nothing until it is said", "swap": "exchange x and y", "keep": "keep the corners"},
    ),
    "resized": ReasonText(
        "photos of another size than their labels say",
        "resized",
        {"scale": "scale the corners", "keep": "keep the corners as they are", "skip": "leave them out"},
    ),
    "joined": ReasonText(
        "records on a line behind another's", "joined", {"read": "read both", "skip": "leave the later one out"}
    ),
    "repeated": ReasonText(
        "photos with the pixels of an earlier one", "repeated", {"skip": "leave them out", "keep": "keep them"}
    ),
    "corners": ReasonText(
        "regions with fewer than three corners or no area",
        "corners",
        {"skip": "leave them out", "box": "take two corners as a rectangle"},
    ),
    "crossing": ReasonText(
        "regions whose outline crosses itself",
        "crossing",
        {"repair": "put their corners in order", "ignore": _NOT_COUNT, "skip": "leave them out"},
    ),
    "outside": ReasonText(
        "regions partly outside their photo",
        "outside",
        {"clip": "cut them at its edges", "ignore": _NOT_COUNT, "skip": "leave them out"},
    ),
    "beyond": ReasonText(
        "regions wholly outside their photo",
        "beyond",
        {"region": "leave the regions out", "photo": "leave their photos out"},
    ),
    "marked": ReasonText(
        "regions marked as illegible, difficult or to be ignored",
        "marked",
        {"ignore": _NOT_COUNT, "count": "count them"},
    ),
    "foreign": ReasonText(
        "regions of characters that are not Chinese, of which this set outlines only some",
        "foreign",
        {"ignore": _NOT_COUNT, "count": "count them", "skip": "leave them out, as background"},
    ),
}

SceneExample = Example[SceneResult]
SceneProblem = Problem[SceneResult]


@dataclass(frozen=True)
class SceneReport(SourceReport[SceneResult]):
    """The outcome of an import of scenes.

    Attributes:
        regions, ignored: of the accepted photos, and those of them that do not count.
        levels: accepted regions by what they enclose.
        texts: regions that count and whose text is known, which can be cut out as words.
    """

    regions: int
    ignored: int
    levels: dict[str, int]
    texts: int

    @property
    def dropped(self) -> dict[str, int]:
        """Numbers of photos and entries that are left out, by reason; regions do not count here."""
        counted = set(_PHOTO_REASONS)
        return {each.reason: each.dropped for each in self.problems if each.dropped and each.reason in counted}


_PHOTO_REASONS: tuple[SceneReason, ...] = tuple(
    reason for reason, text in SCENE_REASONS.items() if not text.title.startswith("regions")
)


def make_scene_report(
    scan: SceneScan, config: SceneImportConfig, results: list[SceneResult] | None = None
) -> SceneReport:
    """Return the report on an import of a scanned source; fast enough for each change of a rule.

    Args:
        scan: the source.
        config: how it would be imported.
        results: `validate_scenes(scan, config)`, if the caller has it.
    """
    results = validate_scenes(scan, config) if results is None else results
    accepted = [result for result in results if result.dropped is None]
    counts = Counter(result.split for result in accepted)
    regions = [region for result in accepted for region in result.regions]
    problems = _problems(scan, results, config.rules)
    ignored = sum(region.ignore for region in regions)
    return SceneReport(
        title=scan.title,
        format=scan.format,
        format_title=scan.format_title,
        files=tuple(scan.files),
        listed=scan.listed,
        scanned=len(scan.scenes),
        accepted=len(accepted),
        counts={split: counts[split] for split in SPLITS},
        regions=len(regions),
        ignored=ignored,
        levels=dict(Counter(region.level for region in regions).most_common()),
        problems=problems,
        examples=tuple(_example(result) for result in evenly_spaced(accepted, _ACCEPTED_EXAMPLES)),
        texts=sum(bool(region.text) and not region.ignore for region in regions),
        refused=_refused(scan.title, len(accepted), len(regions), ignored, problems, refused=scan.format is None),
        seconds=scan.seconds,
    )


def _refused(
    title: str, accepted: int, regions: int, ignored: int, problems: tuple[SceneProblem, ...], *, refused: bool
) -> SourceError | None:
    if not accepted:
        return SourceError(nothing_accepted(title, problems, refused=refused))
    if asked := next((problem for problem in problems if problem.choice == "ask"), None):
        return _question(title, asked)
    if regions and ignored == regions:
        deciding = [problem for problem in problems if problem.choice == "ignore"]
        why = "; ".join(f"{problem.count:,} {problem.title}" for problem in deciding)
        return ImportQuestion(
            f"None of the {count(regions, 'regions')} of {title!r} counts, so a locator would learn that there is no "
            f"text: {why}. Correct the labels, or let them count:",
            [
                Remedy(f"{problem.choices['count']}: {problem.title}", f"rules.{problem.rule}", "count")
                for problem in deciding
                if "count" in problem.choices
            ],
        )
    return None


def _question(title: str, problem: SceneProblem) -> ImportQuestion:
    """Return what has to be said before an import, with the settings that say it."""
    first = problem.examples[0]
    about = f"{first.name!r}: {first.detail}" if first.detail else repr(first.name)
    return ImportQuestion(
        f"Nothing of {title!r} is imported yet: {problem.count:,} {problem.title} ({about.rstrip('.')}). Put that "
        "right, or say what is meant:",
        [Remedy(words, f"rules.{problem.rule}", name) for name, words in problem.choices.items() if name != "ask"],
    )


def _problems(scan: SceneScan, results: list[SceneResult], rules: SceneRules) -> tuple[SceneProblem, ...]:
    """Return the problems, the most frequent first."""
    examples: defaultdict[SceneReason, list[SceneExample]] = defaultdict(list)
    dropped: Counter[SceneReason] = Counter()
    for result in results:
        scene, look = result.scanned.scene, result.scanned.look
        for reason in result.problems:
            examples[reason].append(Example(scene.name, "", look.detail, result))
            dropped[reason] += result.dropped == reason
        for finding in result.findings:
            examples[finding.reason].append(Example(scene.name, finding.text, "", result))
            dropped[finding.reason] += finding.dropped
    for issue in scan.issues:
        examples[issue.reason].append(Example(_writable(issue.name), "", _writable(issue.detail)))
        dropped[issue.reason] += 1
    return problems_of(SCENE_REASONS, rules, examples, dropped)


def _writable(text: str) -> str:
    """Return foreign text as the report's file can hold it: JSON may say half of a pair of surrogates."""
    return visible(text.encode(errors="replace").decode())


def _example(result: SceneResult) -> SceneExample:
    scene = result.scanned.scene
    texts = [region.text for region in result.regions if region.text]
    return Example(scene.name, " · ".join(texts[:4]), count(len(result.regions), "regions"), result)
