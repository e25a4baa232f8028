"""Validation of scanned scenes by the rules: which photos are imported, with which regions, in which split.

It opens nothing, so that the effect of a changed rule is seen at once. The words for people are in `report.py`.
"""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Literal

from engine.config.generate import Split
from engine.config.scene_importing import SceneImportConfig, SceneRules
from engine.datasets.scenes.importing.formats.base import ListedRegion, ListedScene, SceneIssueReason
from engine.datasets.scenes.importing.placing import Placed, RegionReason, corner_frame, place
from engine.datasets.scenes.importing.scan import ScannedScene, SceneScan
from engine.datasets.scenes.importing.units import Doubt, doubt_of, settled
from engine.datasets.splits import split_for, split_of
from engine.images.look import UPRIGHT, Fault, Look
from engine.regions.region import Points, Region

PhotoReason = Literal["unlabelled", "empty", "turned", "resized", "joined", "repeated", "beyond", Doubt, Fault]
SceneReason = PhotoReason | RegionReason | SceneIssueReason


@dataclass(frozen=True, slots=True)
class RegionFinding:
    """A fault of one region.

    Attributes:
        reason: what is wrong with it.
        text: what it says.
        dropped: whether it is left out because of it.
        corners: its outline as listed, in px of the upright photo; any number of corners.
    """

    reason: RegionReason
    text: str
    dropped: bool
    corners: Points


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
    return results


def _validate(scanned: ScannedScene, config: SceneImportConfig, doubt: Doubt | None) -> SceneResult:
    look, rules = scanned.look, config.rules
    scene = settled(scanned.scene, doubt, rules)
    if look.fault:
        return SceneResult(scanned, (), (), (look.fault,), look.fault, "train")
    way = corner_frame(scene, look, rules)
    problems: list[SceneReason] = [doubt] if doubt and scene.regions else []
    if look.orientation != UPRIGHT and scene.regions:
        problems.append("turned")
    if way.resized:
        problems.append("resized")
    regions: list[Region] = []
    findings: list[RegionFinding] = []
    for listed in scene.regions:
        corners = way.place(listed.corners)
        placed = place(corners, look.width, look.height, rules)
        region = _region(listed, corners, placed, rules, findings)
        if region is not None:
            regions.append(region)
    dropped = _dropped(scene, findings, problems, rules)
    given = scene.split if config.splits == "source" else None
    split = given or split_of(look.digest.hex(), config.validation, config.test)
    return SceneResult(scanned, tuple(regions), tuple(findings), tuple(problems), dropped, split_for(config.use, split))


def _region(
    listed: ListedRegion, corners: Points, placed: Placed, rules: SceneRules, findings: list[RegionFinding]
) -> Region | None:
    text = listed.text or ""
    findings += [RegionFinding(reason, text, reason == placed.dropped, corners) for reason in placed.problems]
    ignored = placed.ignored
    if placed.polygon is None:
        return None
    if listed.marked:
        findings.append(RegionFinding("marked", text, False, corners))
        ignored = ignored or rules.marked == "ignore"
    if listed.foreign:
        findings.append(RegionFinding("foreign", text, rules.foreign == "skip", corners))
        if rules.foreign == "skip":
            return None
        ignored = ignored or rules.foreign == "ignore"
    return Region(placed.polygon, listed.text, ignored, listed.level, listed.language)


def _dropped(
    scene: ListedScene, findings: list[RegionFinding], problems: list[SceneReason], rules: SceneRules
) -> SceneReason | None:
    """Return why a photo is left out; adds what is wrong with it as a whole to `problems`."""
    if scene.joined:
        problems.append("joined")
    if scene.unlabelled:
        problems.append("unlabelled")
    elif not scene.regions:
        problems.append("empty")
    left_out: dict[SceneReason, bool] = {
        "joined": rules.joined == "skip",
        "unlabelled": rules.unlabelled == "skip",
        "empty": rules.empty == "skip",
        "resized": rules.resized == "skip",
    }
    for reason in problems:
        if left_out.get(reason):
            return reason
    if rules.beyond == "photo" and any(finding.reason == "beyond" for finding in findings):
        return "beyond"
    return None
