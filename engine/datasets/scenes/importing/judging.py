"""The judgement of a photo by the rules: what is wrong with it and with its regions, and which of them come in.

The same for photos that come in as they are and for those that words are cut out of. Nothing is opened here.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from engine.config.scene_rules import SceneRules
from engine.datasets.scenes.importing.formats.base import ListedRegion, ListedScene, SceneIssueReason
from engine.datasets.scenes.importing.placing import Placed, RegionReason, ScannedScene, corner_frame, place
from engine.datasets.scenes.importing.units import Doubt, settled
from engine.images.look import UPRIGHT, Fault
from engine.regions.region import Region
from glyphlab_read.regions.quads import Points

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


class JudgedRegion(NamedTuple):
    """A region of a judged photo.

    Attributes:
        listed: as its file says.
        corners: its outline as listed, in px of the upright photo.
        region: as it comes in; None where it is left out.
        findings: what was wrong with it, whatever the rules say.
    """

    listed: ListedRegion
    corners: Points
    region: Region | None
    findings: tuple[RegionFinding, ...]


class JudgedPhoto(NamedTuple):
    """A photo as the rules judge it.

    Attributes:
        regions: all that it lists, in their order.
        problems: all reasons that apply to it as a whole, whatever the rules say.
        dropped: the reason why it is left out; None where it comes in.
    """

    regions: tuple[JudgedRegion, ...]
    problems: tuple[PhotoReason, ...]
    dropped: PhotoReason | None


def judge_photo(scanned: ScannedScene, doubt: Doubt | None, rules: SceneRules) -> JudgedPhoto:
    """Judge a photo.

    Args:
        scanned: the photo.
        doubt: what is odd about the corners of its whole source.
        rules: what happens to what is odd.
    """
    look = scanned.look
    if look.fault:
        return JudgedPhoto((), (look.fault,), look.fault)
    scene = settled(scanned.scene, doubt, rules)
    way = corner_frame(scene, look, rules)
    problems: list[PhotoReason] = [doubt] if doubt and scene.regions else []
    if look.orientation != UPRIGHT and scene.regions:
        problems.append("turned")
    if way.resized:
        problems.append("resized")
    regions = []
    for listed in scene.regions:
        corners = way.place(listed.corners)
        regions.append(_judge_region(listed, corners, place(corners, look.width, look.height, rules), rules))
    dropped = _dropped(scene, regions, problems, rules)
    return JudgedPhoto(tuple(regions), tuple(problems), dropped)


def _judge_region(listed: ListedRegion, corners: Points, placed: Placed, rules: SceneRules) -> JudgedRegion:
    text = listed.text or ""
    findings = [RegionFinding(reason, text, reason == placed.dropped, corners) for reason in placed.problems]
    ignored = placed.ignored
    if placed.polygon is None:
        return JudgedRegion(listed, corners, None, tuple(findings))
    if listed.marked:
        findings.append(RegionFinding("marked", text, False, corners))
        ignored = ignored or rules.marked == "ignore"
    if listed.foreign:
        findings.append(RegionFinding("foreign", text, rules.foreign == "skip", corners))
        if rules.foreign == "skip":
            return JudgedRegion(listed, corners, None, tuple(findings))
        ignored = ignored or rules.foreign == "ignore"
    region = Region(placed.polygon, listed.text, ignored, listed.level, listed.language)
    return JudgedRegion(listed, corners, region, tuple(findings))


def _dropped(
    scene: ListedScene, regions: list[JudgedRegion], problems: list[PhotoReason], rules: SceneRules
) -> PhotoReason | None:
    """Return why a photo is left out; adds what is wrong with it as a whole to `problems`."""
    if scene.joined:
        problems.append("joined")
    if scene.unlabelled:
        problems.append("unlabelled")
    elif not scene.regions:
        problems.append("empty")
    left_out: dict[PhotoReason, bool] = {
        "joined": rules.joined == "skip",
        "unlabelled": rules.unlabelled == "skip",
        "empty": rules.empty == "skip",
        "resized": rules.resized == "skip",
    }
    for reason in problems:
        if left_out.get(reason):
            return reason
    findings = (finding.reason for region in regions for finding in region.findings)
    if rules.beyond == "photo" and "beyond" in findings:
        return "beyond"
    return None
