"""Runs out of the lab, from the table on Compare."""

import pytest

from engine.workspace import Workspace
from tests.dashboard import folders
from tests.dashboard.conftest import Open
from tests.helpers.tracker import tracker


def test_compare_offers_the_table_of_all_runs_and_of_the_ticked(workspace: Workspace, open_page: Open):
    for name in ("first", "second", "third"):
        folders.run(workspace, name)
    page = open_page("compare")
    labels = [getattr(button, "label", "") for button in page.get("download_button")]
    assert {"Download CSV", "Download Parquet"} <= set(labels)
    [which] = [choice for choice in page.segmented_control if choice.key == "compare-export-which"]
    assert which.options == ["3 runs, all of them", "2 runs, ticked"]


def test_compare_sends_the_ticked_runs_to_the_address_that_stands_there(workspace: Workspace, open_page: Open):
    for name in ("first", "second", "third"):
        folders.run(workspace, name)
    with tracker() as there:
        page = open_page("compare")
        assert there.asked == []
        page.text_input("compare-mlflow-address").set_value(there.address).run()
        page.segmented_control("compare-export-which").set_value("ticked").run()
        page.button("compare-mlflow-send").click().run()
        assert not page.exception
        assert any(said.value.startswith("Sent: 2 new runs, ") for said in page.success)
        assert sorted(run["run_name"] for run in there.runs.values()) == ["second", "third"]
        page.text_input("compare-mlflow-address").set_value("there").run()
        page.button("compare-mlflow-send").click().run()
        assert any("is no address of a server" in said.value for said in page.error)


@pytest.mark.parametrize(
    ("known", "shown"),
    [
        ("https://mlflow.example", "https://mlflow.example"),
        ("https://me:secret@mlflow.example", ""),
        ("databricks", ""),
    ],
)
def test_the_address_of_the_environment_is_offered_unless_it_has_a_password_or_is_none(
    workspace: Workspace, open_page: Open, monkeypatch: pytest.MonkeyPatch, known: str, shown: str
):
    folders.run(workspace)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", known)
    assert open_page("compare").text_input("compare-mlflow-address").value == shown
