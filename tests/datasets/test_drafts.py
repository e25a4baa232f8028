"""Drafts of new versions: kept at each change, shared by all who edit, and taken back."""

from pathlib import Path

import pytest

from engine.config.editing import Correction, EditConfig, RegionEdit, SceneEditConfig
from engine.datasets.drafts import EditDraft
from engine.errors import ConfigError, DatasetError
from engine.jobs import paths
from engine.regions.region import Region
from tests.helpers.damage import flipped

STORED = Region.of([(0, 0), (9, 0), (9, 9), (0, 9)], "shop")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "01m8j9yx4ckesthpt03m5p7ga0"
    place.mkdir()
    return place


def test_what_was_typed_is_there_after_a_reload(folder: Path):
    draft = EditDraft(folder)
    draft.correct(3, "corrected", "wrong")
    draft.remove([5, 6])
    draft.toggle(6)
    again = EditDraft(folder)
    assert again.words("words") == "1 label corrected · 1 sample removed"
    assert again.began == draft.began is not None
    assert again.config("words") == EditConfig(
        dataset=folder.name, corrections=(Correction(sample=3, label="corrected"),), removals=(5,)
    )


def test_two_who_edit_one_dataset_lose_nothing(folder: Path):
    first, second = EditDraft(folder), EditDraft(folder)
    first.correct(1, "one", "eins")
    second.toggle(2)
    first.correct(3, "three", "drei")
    assert EditDraft(folder).words("words") == "2 labels corrected · 1 sample removed"


def test_what_is_taken_back_leaves_no_draft(folder: Path):
    draft = EditDraft(folder)
    draft.correct(1, "one", "eins")
    draft.correct(1, "eins", "eins")
    draft.toggle(0)
    draft.toggle(0)
    draft.change(0, 0, STORED, ignore=True)
    draft.change(0, 0, STORED, ignore=False)
    assert draft.words("words") == ""
    assert not (folder / paths.DRAFT).exists()
    with pytest.raises(ConfigError, match="nothing would change"):
        draft.config("words")


def test_an_empty_label_is_no_correction(folder: Path):
    draft = EditDraft(folder)
    draft.correct(1, "  ", "eins")
    assert not draft.corrections


def test_changes_of_regions_become_an_edit_of_scenes(folder: Path):
    draft = EditDraft(folder)
    draft.change(2, 0, STORED, text="open")
    draft.change(2, 0, STORED, ignore=True)
    draft.change(2, 1, STORED, remove=True)
    draft.change(4, 0, STORED, text="lost with its photo")
    draft.toggle(4)
    assert draft.words("scenes") == "1 region changed · 1 region removed · 1 photo removed"
    assert EditDraft(folder).config("scenes") == SceneEditConfig(
        dataset=folder.name,
        regions=(
            RegionEdit(scene=2, region=0, text="open", ignore=True),
            RegionEdit(scene=2, region=1, remove=True),
        ),
        removals=(4,),
    )


def test_a_region_that_comes_back_has_what_was_typed(folder: Path):
    draft = EditDraft(folder)
    draft.change(0, 0, STORED, text="open")
    draft.change(0, 0, STORED, remove=True)
    assert draft.edited(0, [STORED]) == [None]
    draft.change(0, 0, STORED, remove=False)
    (region,) = EditDraft(folder).edited(0, [STORED])
    assert region is not None
    assert (region.text, region.ignore) == ("open", False)


def test_a_text_taken_away_is_an_edit(folder: Path):
    draft = EditDraft(folder)
    draft.change(0, 0, STORED, text="")
    (edit,) = draft.config("scenes").plain()["regions"]
    assert edit["text"] == ""


def test_discarding_forgets_all(folder: Path):
    draft = EditDraft(folder)
    draft.remove(range(100))
    draft.discard()
    assert (draft.words("words"), EditDraft(folder).began) == ("", None)


def test_what_was_put_away_is_taken_back_unless_more_was_edited_since(folder: Path):
    draft = EditDraft(folder)
    draft.put_away()
    assert not draft.can_be_taken_back
    draft.remove([1, 2])
    draft.put_away()
    assert (draft.words("words"), EditDraft(folder).can_be_taken_back) == ("", True)
    EditDraft(folder).take_back()
    assert EditDraft(folder).removals == {1, 2}
    draft = EditDraft(folder)
    draft.put_away()
    draft.toggle(5)
    draft.take_back()
    assert EditDraft(folder).removals == {5}


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b'{"began": 3, "removals": ["x"]}', b"\xff"])
def test_a_draft_that_cannot_be_read_is_put_aside(folder: Path, content: bytes):
    (folder / paths.DRAFT).write_bytes(content)
    draft = EditDraft(folder)
    assert draft.words("words") == ""
    draft.toggle(3)
    assert [path.read_bytes() for path in EditDraft(folder).damaged] == [content]
    assert EditDraft(folder).words("words") == "1 sample removed"


def test_no_flipped_bit_of_a_draft_changes_an_edit_and_no_damaged_file_overwrites_another(folder: Path):
    EditDraft(folder).correct(3, "corrected", "wrong")
    written = (folder / paths.DRAFT).read_bytes()
    damaged = [flipped(written, place) for place in range(0, len(written), 7)]
    lost = []
    for content in damaged:
        (folder / paths.DRAFT).write_bytes(content)
        if EditDraft(folder).corrections != {3: "corrected"}:  # else the bit is one of the checksum's own
            lost.append(content)
            assert not (folder / paths.DRAFT).exists()
    assert len(lost) > len(damaged) / 2
    assert sorted(path.read_bytes() for path in EditDraft(folder).damaged) == sorted(lost)


def test_a_draft_that_the_disk_does_not_hand_out_is_not_overwritten(folder: Path, tmp_path: Path):
    (tmp_path / "elsewhere").write_text("{}")
    (folder / paths.DRAFT).symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DatasetError, match="cannot be read"):
        EditDraft(folder)
    assert (folder / paths.DRAFT).is_symlink()
