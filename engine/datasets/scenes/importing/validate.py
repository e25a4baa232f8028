"""Validation of scanned scenes by the rules: which photos are imported, with which regions, in which split.

It opens nothing, so that the effect of a changed rule is seen at once. The words for people are in `report.py`.
"""

from collections import Counter
from dataclasses import dataclass, replace

from engine.config.generate import Split
from engine.config.scene_importing import SceneImportConfig
from engine.datasets.scenes.importing.judging import RegionFinding, SceneReason, judge_photo
from engine.datasets.scenes.importing.placing import ScannedScene
from engine.datasets.scenes.importing.scan import SceneScan
from engine.datasets.scenes.importing.units import Doubt, doubt_of
from engine.datasets.splits import filled_each, split_for, split_of
from engine.images.look import Look
from engine.regions.region import Region


@dataclass(frozen=True, slots=True)
class SceneResult:
    """The outcome of validation for one photo.

    Attributes:
        scanned: the photo.
        regions: those that are imported, in px of the upright photo.
        findings: what was wrong with single regions, whatever the rules say.
        problems: all reasons that apply to the photo as a whole, whatever the rules say.
        dropped: the reason why the photo is left out; None when it is imported.
        split: the split it is imported into.
    """

    scanned: ScannedScene
    regions: tuple[Region, ...]
    findings: tuple[RegionFinding, ...]
    problems: tuple[SceneReason, ...]
    dropped: SceneReason | None
    split: Split

    @property
    def name(self) -> str:
        """The photo's name in its source."""
        return self.scanned.scene.name

    @property
    def look(self) -> Look:
        """The part of it that was seen."""
        return self.scanned.look


def validate_scenes(scan: SceneScan, config: SceneImportConfig) -> list[SceneResult]:
    """Return the outcome for each scanned photo, in the order of the list."""
    results = []
    seen: Counter[bytes] = Counter()
    doubt = doubt_of(scan.scenes)
    for scanned in scan.scenes:
        result = _validate(scanned, config, doubt)
        if result.dropped is None:
            digest = scanned.look.digest
            seen[digest] += 1
            if seen[digest] > 1:
                dropped = "repeated" if config.rules.repeated == "skip" else None
                result = replace(result, problems=(*result.problems, "repeated"), dropped=dropped)
        results.append(result)
    return _shared_out(results, config)


def _shared_out(results: list[SceneResult], config: SceneImportConfig) -> list[SceneResult]:
    """Return the outcomes with no split empty that has a share; where the source names splits, validation alone."""
    if config.use == "testing":
        return results
    named = config.splits == "source" and any(result.scanned.scene.split for result in results)
    coming: list[tuple[str, Split]] = [
        (result.look.digest.hex(), result.split) for result in results if result.dropped is None
    ]
    found = iter(filled_each(coming, config.validation, 0.0 if named or config.use == "learning" else config.test))
    return [replace(result, split=next(found)) if result.dropped is None else result for result in results]


def _validate(scanned: ScannedScene, config: SceneImportConfig, doubt: Doubt | None) -> SceneResult:
    judged = judge_photo(scanned, doubt, config.rules)
    regions = tuple(each.region for each in judged.regions if each.region is not None)
    findings = tuple(finding for each in judged.regions for finding in each.findings)
    given = scanned.scene.split if config.splits == "source" else None
    split = given or split_of(scanned.look.digest.hex(), config.validation, config.test)
    found = "train" if scanned.look.fault else split_for(config.use, split)
    return SceneResult(scanned, regions, findings, judged.problems, judged.dropped, found)
