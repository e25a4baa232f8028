"""The report on an import of scenes: photos and regions that come in, what is wrong with the others, and the rules.

Each problem has a count, examples, and the choices of its rule. The report is stored beside the imported dataset.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass

from engine.config.scene_importing import SceneImportConfig
from engine.config.scene_rules import SceneRules
from engine.datasets.importing.detected import nothing_accepted
from engine.datasets.problems import Example, Problem, SourceReport, evenly_spaced, problems_of
from engine.datasets.scenes.importing.judging import SceneReason
from engine.datasets.scenes.importing.reasons import SCENE_REASONS
from engine.datasets.scenes.importing.scan import SceneScan
from engine.datasets.scenes.importing.validate import SceneResult, validate_scenes
from engine.datasets.splits import SPLITS
from engine.errors import SourceError
from engine.formatting import count
from engine.labels import visible
from engine.sources.questions import ImportQuestion, Remedy

_ACCEPTED_EXAMPLES = 12

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
