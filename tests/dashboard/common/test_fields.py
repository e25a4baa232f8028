"""Forms come from the configs: each setting has an input that starts at its value and gives back a valid one."""

from collections.abc import Iterator

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from engine.config.base import Config
from engine.config.generate import GenerateConfig
from engine.config.presets import TRAIN_PRESETS, train_preset
from engine.config.reader import ReaderConfig
from engine.config.recipe_presets import PRESETS
from engine.config.train import TrainConfig

DATASET = "0" * 26
CONFIGS: dict[str, Config] = {
    **{f"recipe {name}": recipe.looks[0] for name, recipe in PRESETS.items()},
    **{f"text {name} {index}": text for name, recipe in PRESETS.items() for index, text in enumerate(recipe.texts)},
    **{f"preset {name}": train_preset(name, DATASET) for name in TRAIN_PRESETS},
    "reader": ReaderConfig(),
    "generate": GenerateConfig(),
}


def form(config):  # AppTest copies this source into a module of its own, without our imports
    import streamlit as st

    from dashboard.common.fields import group

    st.session_state["result"] = group(config, "form", leave_out=("recipe",))


@pytest.fixture(autouse=True)
def _clean() -> Iterator[None]:
    yield
    st.cache_data.clear()


@pytest.mark.parametrize("name", CONFIGS)
def test_an_untouched_form_gives_the_same_config_back(name: str):
    app = AppTest.from_function(form, args=(CONFIGS[name],), default_timeout=60).run()
    assert not app.exception
    values = app.session_state["result"]
    assert type(CONFIGS[name]).parse(values) == CONFIGS[name]


def test_inputs_carry_units_help_and_bounds():
    app = AppTest.from_function(form, args=(train_preset("five minutes", DATASET),), default_timeout=60).run()
    batch = app.number_input(key="form.batch")
    info = TrainConfig.model_fields["batch"]
    assert batch.label == "Batch (images)"
    assert batch.help == info.description
    assert (batch.min, batch.max) == (1, 2048)


def test_a_limit_can_be_emptied_and_given():
    app = AppTest.from_function(form, args=(train_preset("five minutes", DATASET),), default_timeout=60).run()
    app.number_input(key="form.minutes").set_value(None).run()
    assert app.session_state["result"]["minutes"] is None
    app.number_input(key="form.epochs").set_value(3).run()
    assert app.session_state["result"]["epochs"] == 3


def test_a_box_says_what_none_stands_for_where_a_figure_would_not():
    app = AppTest.from_function(form, args=(train_preset("five minutes", DATASET),), default_timeout=60).run()
    patience = app.number_input(key="form.patience")
    assert (patience.value, patience.placeholder) == (None, "never")
    patience.set_value(3).run()
    assert app.session_state["result"]["patience"] == 3
    app.number_input(key="form.patience").set_value(None).run()
    assert app.session_state["result"]["patience"] == 0


def test_what_is_typed_beside_a_slider_moves_it_and_shares_are_in_per_cent():
    app = AppTest.from_function(form, args=(PRESETS["TRDG words"].looks[0],), default_timeout=60).run()
    skew, blur = app.slider(key="form.skew"), app.slider(key="form.blur")
    assert (skew.proto.format, blur.proto.format) == ("±%g", "0 to %g")
    app.number_input(key="form.skew-typed").set_value(7)
    app.number_input(key="form.fit-typed").set_value(35)
    app.button(key="form.height-switch").click().run()
    app.number_input(key="form.height-other-least-typed").set_value(60).run()
    app.slider(key="form.background.white").set_value(0.5).run()
    values = app.session_state["result"]
    assert (values["skew"], values["fit"], values["background"]["white"]) == (7, 0.35, 0.5)
    assert values["height"] == (60, 60)  # the end that would have been passed went along
    boxes = {str(box.key): box.value for box in app.number_input if "white" in str(box.key)}
    assert boxes == {"form.background.white-1-typed": 0.5}  # a new one: what the old one showed is not asked again
    assert app.slider(key="form.fit").label == "Cropped to ink"
    shares = [
        float(each.label.split(" · ")[1].removesuffix(" %")) for each in app.slider if ".background." in str(each.key)
    ]
    assert sum(shares) == pytest.approx(100, abs=2)
