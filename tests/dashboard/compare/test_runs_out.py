"""Runs out of the lab, from the table on Compare."""

from engine.workspace import Workspace
from tests.dashboard import folders
from tests.dashboard.conftest import Open


def test_compare_offers_the_table_of_all_runs_and_of_the_ticked(workspace: Workspace, open_page: Open):
    for name in ("first", "second", "third"):
        folders.run(workspace, name)
    page = open_page("compare")
    labels = [button.label for button in page.get("download_button")]
    assert {"Download CSV", "Download Parquet"} <= set(labels)
    [which] = [choice for choice in page.segmented_control if choice.key == "compare-export-which"]
    assert which.options == ["3 runs, all of them", "2 runs, ticked"]
