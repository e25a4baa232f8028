"""The choice of where a job runs, on the pages that start one."""

import pytest

from dashboard.common import state
from engine.config.generate import GenerateConfig
from engine.config.launchers import FILE
from engine.files import write_json
from engine.jobs import control, list_jobs, paths
from engine.jobs.launchers import LABELS
from engine.workspace import STARTER_LOCATOR, Workspace
from tests.dashboard import folders
from tests.dashboard.conftest import Open, said
from tests.dashboard.labs import located_lab

SLURM = "slurm: {cluster: local}"


def sets_up(workspace: Workspace, launchers: str) -> None:
    workspace.root.mkdir(parents=True, exist_ok=True)
    (workspace.root / FILE).write_text(launchers)


def test_a_clone_of_a_run_in_a_queue_goes_to_the_queue_with_its_gpus(workspace: Workspace, open_page: Open):
    sets_up(workspace, SLURM)
    run = folders.run(workspace, "run 1", dataset_id=folders.dataset(workspace).id, launcher="slurm", gpus=2)
    app = open_page("train")
    app.query_params["like"] = run.id
    app.run()
    assert not app.exception
    assert "--launcher slurm --gpus 2" in said(app)
    assert "0 changed from run 1" in [panel.label for panel in app.expander]


def test_a_clone_says_what_of_its_run_is_not_here(workspace: Workspace, open_page: Open):
    dataset = folders.dataset(workspace).id
    queued = folders.run(workspace, "run 1", dataset_id=dataset, launcher="slurm", gpus=2)
    app = open_page("train")
    app.query_params["like"] = queued.id
    words = said(app.run())
    assert "Slurm, as in these settings, is not set up here: this machine is chosen instead" in words
    assert "--launcher" not in words
    assert "2 changed from run 1" in [panel.label for panel in app.expander]  # the launcher and its GPUs
    on_gpu = folders.run(workspace, "run 2", dataset_id=dataset, device="gpu:97")
    app.query_params["like"] = on_gpu.id
    assert "gpu:97, as in these settings, is not on this machine: auto is chosen instead" in said(app.run())


def test_a_clone_keeps_the_device_of_its_run(workspace: Workspace, open_page: Open):
    run = folders.run(workspace, "run 1", dataset_id=folders.dataset(workspace).id, device="cpu")
    app = open_page("train")
    app.query_params["like"] = run.id
    assert "--device cpu" in said(app.run())


def test_a_run_is_sent_to_a_queue_and_asks_for_its_gpus(workspace: Workspace, open_page: Open):
    folders.dataset(workspace)
    app = open_page("train")
    key = "train.five minutes"
    assert f"{key}.launcher" not in [box.key for box in app.selectbox]  # there is this machine only
    sets_up(workspace, SLURM)
    app.run()
    assert app.selectbox(key=f"{key}.launcher").options == [LABELS["local"], LABELS["slurm"]]
    app.selectbox(key=f"{key}.launcher").select("slurm").run()
    assert f"{key}.device" not in [box.key for box in app.selectbox]  # the queue chooses
    app.number_input(key=f"{key}.gpus-typed").set_value(4).run()
    assert not app.exception
    assert "--launcher slurm --gpus 4" in said(app)


def test_a_dataset_is_drawn_on_a_cluster_where_one_is_set_up(
    workspace: Workspace, open_page: Open, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(control, "_detach", lambda folder, lock: None)  # no child: what is written is looked at
    sets_up(workspace, "ray: {address: local}")
    app = open_page("data")
    app.selectbox(key="data-images.launcher").select("ray").run()
    assert "--launcher ray" in said(app)
    next(button for button in app.button if button.label.startswith("Generate ")).click().run()
    assert not app.exception
    [job] = list_jobs(workspace, "datasets")
    assert GenerateConfig.parse(job.config).launcher == "ray"


@pytest.mark.parametrize(
    ("tab", "box", "button", "kind"),
    [
        ("Scores", "compare-test", "Test the starter locator", "evaluate-locator"),
        ("Photo to text", "compare-test-pairs", "Test 1 pair", "evaluate-pages"),
    ],
)
def test_photos_are_tested_on_a_cluster_where_one_is_set_up(
    tab: str, box: str, button: str, kind: str, workspace: Workspace, open_page: Open, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(control, "_detach", lambda folder, lock: None)  # no child: what is written is looked at
    located_lab(workspace)
    sets_up(workspace, "ray: {address: local}")
    app = open_page("compare")
    app.query_params["run"] = [STARTER_LOCATOR]
    app.session_state["compare-tab"] = tab
    app.run()
    app.selectbox(key=f"{box}.launcher").select("ray").run()
    next(each for each in app.button if each.label == button).click().run()
    assert not app.exception
    [job] = list_jobs(workspace, "evaluations")
    assert (job.kind, job.config["launcher"]) == (kind, "ray")


def test_a_faulty_file_of_launchers_is_told_and_leaves_this_machine(workspace: Workspace, open_page: Open):
    folders.dataset(workspace)
    sets_up(workspace, "slurm: {queue: 3}")
    assert f"{FILE} of the workspace" in said(open_page("train"))


def test_a_dataset_tells_its_cluster_and_the_rate_of_each_node(workspace: Workspace, open_page: Open):
    made = folders.dataset(workspace)
    write_json(made.folder / paths.CONFIG, GenerateConfig(launcher="ray").plain(), durable=False)
    nodes = {"one": {"units": 400, "units_per_second": 398.0}, "two": {"units": 200, "units_per_second": 410.4}}
    write_json(made.folder / paths.SUMMARY, {**folders.DATASET_SUMMARY, "nodes": nodes}, durable=False)
    app = open_page("data")
    app.session_state[state.DATA_TAB] = "Datasets"
    words = said(app.run())
    assert "on Ray" in words
    assert "2 nodes: two 410 images/s, one 398 images/s" in words
