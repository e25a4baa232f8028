"""What was made with a dataset is told before it is deleted: runs that learned, runs that measured, and versions."""

import pytest

from engine.config.editing import EditConfig
from engine.datasets.uses import uses_of
from engine.jobs import list_jobs
from engine.workspace import Workspace, new_id
from tests.dashboard import folders


def test_uses_are_found_by_what_each_did_with_it(workspace: Workspace):
    main, other = folders.dataset(workspace).id, folders.dataset(workspace, "other").id
    learned = folders.run(workspace, "learned", dataset_id=main)
    mixed = folders.run(workspace, "mixed", dataset_id=other, mix=[{"dataset": main}])
    tested = folders.run(workspace, "tested", dataset_id=other, test_on=[main])
    watched = folders.run(workspace, "watched", dataset_id=other, watch_on=[main])
    edit = EditConfig.parse({"dataset": main, "removals": [0]})
    version = folders.job(workspace, "datasets", "edit", "second", edit, "finished")
    found = uses_of(workspace, main)
    assert {job.id for job in found.learned} == {learned.id, mixed.id}
    assert {job.id for job in found.measured} == {tested.id, watched.id}
    assert [job.id for job in found.versions] == [version.id]
    assert "mixed and learned learned from it" in found.words
    assert "watched and tested measured on it" in found.words
    assert "second" in found.words
    assert uses_of(workspace, new_id()).words == ""


@pytest.mark.parametrize(
    ("number", "words"), [(1, "r0 learned"), (3, "r2, r1 and r0 learned"), (5, "r4, r3, r2 and 2 more learned")]
)
def test_many_runs_are_told_by_a_few_names(workspace: Workspace, number: int, words: str):
    id = folders.dataset(workspace).id
    for place in range(number):
        folders.run(workspace, f"r{place}", dataset_id=id)
    assert uses_of(workspace, id).words.startswith(words)
    assert len(list_jobs(workspace, "runs")) == number
