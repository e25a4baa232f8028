"""The Train page: presets, and what a run learns from beside its dataset."""

import pytest

from engine.config.presets import TRAIN_PRESETS
from engine.workspace import Workspace
from tests.dashboard import folders
from tests.dashboard.conftest import Open, said


@pytest.mark.parametrize("preset", TRAIN_PRESETS)
def test_every_preset_can_be_chosen_and_says_what_it_is(preset: str, workspace: Workspace, open_page: Open):
    folders.dataset(workspace)
    app = open_page("train")
    app.selectbox(key="train-preset").set_value(preset).run()
    assert not app.exception
    assert TRAIN_PRESETS[preset].about in said(app)
    assert f"0 changed from {preset}" in [panel.label for panel in app.expander]
    if preset != "five minutes":
        assert "--preset" in said(app)


def test_more_datasets_and_an_older_run_become_settings(workspace: Workspace, open_page: Open):
    real = folders.dataset(workspace, "real crops").id
    folders.dataset(workspace, "words")
    older = folders.run(workspace, "run 1").id
    app = open_page("train")
    key = "train.five minutes"
    app.multiselect(key=f"{key}.mix").set_value([real]).run()
    app.number_input(key=f"{key}.weight.{real}").set_value(0.5).run()
    app.multiselect(key=f"{key}.test_on").set_value([real]).run()
    app.selectbox(key=f"{key}.start_from").set_value(older).run()
    assert not app.exception
    told = said(app)
    assert f"--start_from {older}" in told
    assert f'"dataset":"{real}","weight":0.5' in told
    assert f"--test_on '[\"{real}\"]'" in told
