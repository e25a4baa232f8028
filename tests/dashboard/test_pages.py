"""Every page opens over every condition of a workspace and says what to do next."""

import contextlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from engine.jobs import paths
from engine.workspace import Workspace
from tests.dashboard import folders
from tests.dashboard.conftest import APP, FOREIGN, PAGES, Open, rendered, said
from tests.helpers.tiny_bundles import save_run_bundle

Situation = Callable[[Workspace], contextlib.AbstractContextManager[None]]


@contextlib.contextmanager
def empty(workspace: Workspace):
    yield


@contextlib.contextmanager
def one_run(workspace: Workspace):
    folders.run(workspace, dataset_id=folders.dataset(workspace).id)
    yield


@contextlib.contextmanager
def live(workspace: Workspace):
    dataset = folders.dataset(workspace, "coming", None)
    run = folders.run(workspace, "now", None, dataset.id)
    with folders.alive(dataset, "drawing"), folders.alive(run):
        yield


@contextlib.contextmanager
def failed(workspace: Workspace):
    folders.run(workspace, "poor", "failed", folders.dataset(workspace, "half", "no_space").id)
    yield


@contextlib.contextmanager
def lost(workspace: Workspace):
    folders.run(workspace, "gone", None, folders.dataset(workspace).id)
    yield


@contextlib.contextmanager
def broken(workspace: Workspace):
    dataset, odd, torn = folders.dataset(workspace), folders.run(workspace, "odd"), folders.run(workspace, "torn")
    (dataset.folder / paths.JOB).write_text('{"format": 1,')
    (torn.folder / paths.CONFIG).write_text("[]")
    (odd.folder / paths.CONFIG).write_text('{"dataset": 7, "reader": "light"}')
    (odd.folder / paths.SUMMARY).write_text('{"test": "good", "best": [1]}')
    events = b'{"kind": "train", "step": 1, "loss": "low"}\n\xff\xfe\n{"kind": 3}\n{"ki'
    (odd.folder / paths.EVENTS).write_bytes(events)
    yield


@contextlib.contextmanager
def scenes(workspace: Workspace):
    folders.scenes(workspace, "street photos")
    yield


SITUATIONS = (empty, one_run, live, failed, lost, broken, scenes)


@pytest.mark.parametrize("situation", SITUATIONS, ids=lambda situation: situation.__name__)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_over_any_workspace_with_one_filled_button_at_most(
    page: str, situation: Situation, workspace: Workspace, open_page: Open
):
    with situation(workspace):
        app = open_page(page)
    assert not app.exception
    assert app.title
    assert sum(button.key.startswith("primary-") for button in app.button if button.key) <= 1


@pytest.mark.parametrize(
    ("page", "situation", "words"),
    [
        ("home", empty, "Train a reader in five minutes"),
        ("train", empty, "Generate some first"),
        ("watch", empty, "Start one, and its curves appear here"),
        ("compare", empty, "Train one, then change a setting"),
        ("home", live, "58 s left"),
        ("watch", live, "120 of 300 steps · 3.1 steps/s · 58 s left"),
        ("train", live, "Queue behind now"),
        ("watch", failed, "the shapes differ"),
        ("watch", lost, "Resume goes on from the last checkpoint"),
        ("watch", broken, "cannot be read"),
        ("home", scenes, "312 photos, 4,120 regions"),
        ("train", scenes, "312 photos"),
        ("home", one_run, "95 % interval 78.5 to 83.3"),
    ],
)
def test_a_page_says_what_is_so_and_what_to_do(
    page: str, situation: Situation, words: str, workspace: Workspace, open_page: Open
):
    with situation(workspace):
        assert words in said(open_page(page))


def test_the_pages_load_no_learning_library_and_stay_small(workspace: Workspace):
    folders.run(workspace, dataset_id=folders.dataset(workspace).id)
    code = f"""
import sys
from streamlit.testing.v1 import AppTest
app = AppTest.from_file({str(APP)!r}, default_timeout=60).run()
for page in {PAGES[1:]!r}:
    assert not app.switch_page(f"app_pages/{{page}}.py").run().exception, page
loaded = {{"tensorflow", "keras", "jax", "ray", "submitit", "optuna"}} & set(sys.modules)
assert not loaded, loaded
import psutil
size = psutil.Process().memory_info().rss / 1e6
assert size < 400, f"{{size:.0f}} MB"
"""
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=240)
    assert child.returncode == 0, child.stderr[-2000:]


def test_foreign_names_are_shown_as_they_are(workspace: Workspace, open_page: Open):
    name = f"<img src=x onerror=alert(1)> {FOREIGN}"
    dataset = folders.dataset(workspace, name)
    folders.scenes(workspace, name)
    folders.locator_run(workspace, name)
    for run in (folders.run(workspace, name, dataset_id=dataset.id) for _ in range(2)):
        save_run_bundle(workspace, run=run.id)
    for page in PAGES:
        text = rendered(open_page(page))
        assert "<img" not in text
        assert "![](" not in text


def test_two_hundred_runs_open_and_one_broken_among_them(workspace: Workspace, open_page: Open):
    made = [folders.run(workspace, f"run {number}") for number in range(200)]
    (made[100].folder / paths.JOB).unlink()
    app = open_page("compare")
    assert not app.exception
    assert len(app.dataframe[0].value) == 200


def test_a_settings_form_starts_at_the_preset_and_says_what_changed(workspace: Workspace, open_page: Open):
    folders.dataset(workspace)
    app = open_page("train")
    assert "0 changed from five minutes" in [panel.label for panel in app.expander]
    app.number_input(key="train.five minutes.batch").set_value(64).run()
    assert "1 changed from five minutes" in [panel.label for panel in app.expander]
    assert "--batch 64" in said(app)


def test_a_setting_that_the_config_refuses_is_said_with_its_rule_and_remedy(workspace: Workspace, open_page: Open):
    folders.dataset(workspace)
    app = open_page("train")
    app.number_input(key="train.five minutes.minutes").set_value(None).run()
    assert not app.exception
    assert "Give one of them" in app.error[0].value


def test_a_chosen_run_that_was_deleted_elsewhere_is_forgotten(workspace: Workspace, open_page: Open):
    folders.run(workspace, "stays")
    gone = folders.run(workspace, "goes")
    app = open_page("watch")
    assert "goes" in said(app)
    shutil.rmtree(gone.folder)
    app.run()
    assert not app.exception
    assert "goes" not in said(app)


def test_the_address_chooses_a_run_once(workspace: Workspace, open_page: Open):
    first, second = folders.run(workspace, "first"), folders.run(workspace, "second")
    app = open_page("home")
    app.query_params["run"] = first.id
    app.switch_page("app_pages/watch.py").run()
    assert app.pills(key="chosen-runs").value == [first.id]
    app.pills(key="chosen-runs").set_value([second.id]).run()
    assert app.pills(key="chosen-runs").value == [second.id]


def test_stop_asks_first_and_then_asks_the_job(workspace: Workspace, open_page: Open):
    run = folders.run(workspace, "now", None, folders.dataset(workspace).id)
    with folders.alive(run):
        app = open_page("watch")
        assert not (run.folder / paths.STOP).exists()
        app.session_state[f"watch-{run.id}-stop"] = True
        app.run().button(key=f"watch-{run.id}-stop-sure").click().run()
        assert (run.folder / paths.STOP).exists()
        assert "stopping" in said(app.run())


def test_a_live_run_says_why_it_cannot_be_deleted_now(workspace: Workspace, open_page: Open):
    with folders.alive(folders.run(workspace, "now", None, folders.dataset(workspace).id)):
        app = open_page("watch")
    told = {box.proto.popover.label: box.proto.popover.help for box in app.get("popover")}
    assert told["Delete"] == "It is at work: stop it first."
    assert told["Stop"] == ""


def test_a_dataset_that_a_live_run_needs_is_not_deleted(workspace: Workspace, open_page: Open):
    dataset = folders.dataset(workspace)
    run = folders.run(workspace, "now", None, dataset.id)
    with folders.alive(run):
        app = open_page("data")
        app.session_state["data-tab"] = "Datasets"
        app.session_state[f"dataset-{dataset.id}-delete"] = True
        app.run().button(key=f"dataset-{dataset.id}-delete-sure").click().run()
    assert dataset.folder.exists()
    assert "Stop it first" in app.error[0].value


def test_the_first_visit_is_led_from_images_to_reading(workspace: Workspace, open_page: Open):
    dataset = folders.dataset(workspace)
    assert "Train a reader on them" in said(open_page("home"))
    run = folders.run(workspace, "first", None, dataset.id)
    with folders.alive(run):
        words = said(open_page("home"))
        assert "see how, step by step, on Watch" in words
        assert "Watch it learn" in words
    (run.folder / paths.SUMMARY).write_text(json.dumps({**folders.RUN_SUMMARY, "bundle_step": 300}))
    (run.folder / paths.EXIT).write_text('{"reason": "finished", "finished": "2026-01-01T00:00:00Z"}')
    words = said(open_page("home"))
    assert "It has learned: 83.0 % (80.0 % by the image alone) of the validation words" in words
    assert "Read your images" in words
    folders.run(workspace, "second")
    assert "Your first reader" not in said(open_page("home"))


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_over_a_workspace_that_cannot_be_written_and_says_so(
    workspace: Workspace, open_page: Open, page: str
):
    workspace.root.parent.mkdir(parents=True, exist_ok=True)
    workspace.root.write_text("no folder")
    assert "cannot be written (it is no folder)" in said(open_page(page))


@pytest.mark.usefixtures("open_page")
@pytest.mark.parametrize("page", PAGES)
def test_whatever_an_address_asks_for_a_page_opens(page: str, workspace: Workspace):
    folders.run(workspace, dataset_id=folders.dataset(workspace).id)
    names = ("run", "runs", "compare", "reader", "dataset", "like", "mix", "test_on", "kind", "locator", "x" * 5000)
    hostile = (
        "1" * 5000,
        "../../etc/passwd\0",
        "\u202e<img src=x onerror=alert(1)>",
        "&a [*a]" * 500,
        ",".join(["0" * 26] * 999),
    )
    app = AppTest.from_file(str(APP), default_timeout=60)
    for place, name in enumerate(names):
        app.query_params[name] = [hostile[(place + shift) % len(hostile)] for shift in range(3)]
    app = (app if page == "home" else app.switch_page(f"app_pages/{page}.py")).run()
    assert not app.exception
    assert app.title
