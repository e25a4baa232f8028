"""Train: is this run worth starting?"""

import streamlit as st

from dashboard.caches.files import workspace
from dashboard.common import state
from dashboard.common.fields import fields, folded_names, open_names
from dashboard.common.forms import end_form, form_line, open_form
from dashboard.common.kinds import DataKind, kind_switch
from dashboard.common.launch import launch_button, same_command, watch, watch_sweep
from dashboard.common.launchers import launcher_fields
from dashboard.common.markdown import literal
from dashboard.common.page import head, nothing_yet, show_error
from dashboard.common.setting_words import changes
from dashboard.common.state import asked_for, choose
from dashboard.train.extra_data import NAMES, extra_data
from dashboard.train.presets import choose_preset, cloned
from dashboard.train.readiness import checks, start_label
from dashboard.train.run_kinds import FORM, RUN_KINDS, choose_asked_kind
from dashboard.train.starting_from import parent_line, starter_choice, suggest_starter
from dashboard.train.sweep import configs_of, sweep_of, sweep_words, type_sweep
from dashboard.train.trial import epoch_seconds, trial
from engine.errors import ConfigError
from engine.formatting import count, sentence
from engine.jobs import State, launch, list_jobs
from engine.jobs.summaries import score_words
from engine.sweeps.control import kind_of_sweep, start_sweep

space = workspace()
place = head("Train: is this run worth starting?")
usable = [job for job in list_jobs(space, "datasets") if job.state.live or job.state is State.finished]
if not usable:
    nothing_yet(
        "No dataset to learn from",
        "A reader learns from labelled images. Generate some first: it takes a minute for ten thousand.",
        "app_pages/data.py",
        "Make a dataset",
    )
    st.stop()

open_form(space, FORM)
form_line(space, FORM)
choose_asked_kind(space)
there: list[DataKind] = [kind.name for kind in RUN_KINDS.values() if any(map(kind.learns_from, usable))]
kind = RUN_KINDS[kind_switch(place, there)]
by_id = {job.id: job for job in usable if kind.learns_from(job)}
clone = cloned(space, kind, list(by_id))
data, network, learning, ready = st.columns([1, 1.15, 1.15, 1.1], gap="medium")
with data:
    st.subheader("Data", anchor=False)
    choose(state.train_dataset(kind.key), list(by_id), asked_for("dataset"))
    dataset = st.selectbox(
        "Dataset",
        list(by_id),
        format_func=lambda id: by_id[id].name,
        key=state.train_dataset(kind.key),
        persist_state="session",
    )
    name = st.text_input(
        "Name of the run", placeholder="run 1, run 2, …", max_chars=80, key=state.RUN_NAME, persist_state="session"
    )
    chosen = choose_preset(kind, clone, by_id[str(dataset)])
    start, key = chosen.config, chosen.key
    with st.expander("More data, or an older run", expanded=not {"mix", "test_on"}.isdisjoint(st.query_params)):
        ended = [job for job in kind.runs(space) if job.state is State.finished]
        older = {job.id: job.name for job in ended} | starter_choice(kind)
        scored = older | {job.id: f"{job.name} · {told}" for job in ended if (told := score_words(job))}
        values = extra_data(start, {id: job.name for id, job in by_id.items()}, scored, key)
    suggest_starter(space, kind, by_id[str(dataset)], values["start_from"], key)
with network:
    st.subheader(sentence(kind.network), anchor=False)
    parent = values["start_from"]
    parent_line(space, kind, start, parent, older.get(parent or "", ""), key)
    before = getattr(start, kind.network)
    built = fields(before, open_names(kind.network_config), f"{key}.{kind.network}")
    with st.expander("More about the network"):
        built |= fields(before, folded_names(kind.network_config), f"{key}.{kind.network}")
with learning:
    st.subheader("How it learns", anchor=False)
    elsewhere = ("dataset", kind.network, "device", "launcher", "gpus")
    values |= fields(start, [name for name in open_names(kind.config) if name not in elsewhere], key)
    values |= launcher_fields(space, start, key)
    with st.expander("More about learning"):
        values |= fields(start, [name for name in folded_names(kind.config) if name not in (*NAMES, *elsewhere)], key)
    texts, way = type_sweep(kind, by_id[str(dataset)], key)
try:
    config = kind.config.parse({"dataset": dataset, kind.network: built, **values})
    sweep = sweep_of(kind, config, texts, way) if texts else None
except ConfigError as error:
    with ready:
        show_error(error)
    st.stop()

with ready:
    with st.container(border=True, key="card-trial"):
        runs = configs_of(sweep) if sweep else [config]
        first = runs[0] if runs else config
        fine = checks(space, kind, first, by_id[str(dataset)], key)
        if sweep:
            st.markdown(f":material/stacks: {sweep_words(sweep, epoch_seconds(space, first))}")
        trial(space, kind, first, by_id[str(dataset)], key, fine)
    named = {job.id: job.name for job in usable} | older
    changed = list(changes(start, config, named))
    with st.expander(f"{count(len(changed))} changed from {chosen.label}", icon=":material/difference:"):
        for title, was, now in changed:
            st.markdown(f"{literal(title)}: {literal(was)} → **{literal(now)}**")
        if not changed:
            st.caption("No setting was changed.")
    same_command(kind_of_sweep(sweep) if sweep else kind.job, sweep or config, name)


def begin(nonce: str) -> str:
    """Start the run or the sweep; its settings are its own from then on."""
    if sweep:
        id = start_sweep(space, sweep, name=name, nonce=nonce)
    else:
        id = launch(space, kind.job, config, name=name, nonce=nonce)
    end_form(space, FORM)
    return id


with place:
    launch_button(
        start_label(space, kind, config, len(runs) if sweep else 1),
        kind.key,
        begin,
        watch_sweep if sweep else watch,
        disabled=not fine,
    )
