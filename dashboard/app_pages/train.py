"""Train: is this run worth starting?"""

import streamlit as st

from dashboard.caches.files import workspace
from dashboard.common import state
from dashboard.common.fields import fields, folded_names, open_names
from dashboard.common.launch import launch_button, same_command, watch
from dashboard.common.markdown import literal
from dashboard.common.page import head, nothing_yet, show_error
from dashboard.common.state import asked_for, choose
from dashboard.train.extra_data import NAMES, extra_data
from dashboard.train.presets import choose_preset, cloned
from dashboard.train.readiness import dry_run, preflight, start_label
from engine.config.diff import differences
from engine.config.reader import ReaderConfig
from engine.config.train import TrainConfig
from engine.errors import ConfigError
from engine.formatting import count
from engine.jobs import State, available_devices, joint_devices, launch, list_jobs
from engine.jobs.summaries import word_datasets

space = workspace()
place = head("Is this run worth starting?")
usable = [job for job in word_datasets(space) if job.state.live or job.state is State.finished]
if not usable:
    nothing_yet(
        "No dataset to learn from",
        "A reader learns from labelled images. Generate some first: it takes a minute for ten thousand.",
        "app_pages/data.py",
        "Make a dataset",
    )
    st.stop()

by_id = {job.id: job for job in usable}
clone = cloned(space, list(by_id))
data, network, learning, ready = st.columns([1, 1.15, 1.15, 1.1], gap="medium")
with data:
    st.subheader("Data", anchor=False)
    choose(state.TRAIN_DATASET, list(by_id), asked_for("dataset"))
    dataset = st.selectbox(
        "Dataset", list(by_id), format_func=lambda id: by_id[id].name, key=state.TRAIN_DATASET, persist_state="session"
    )
    name = st.text_input("Name of the run", placeholder="run 1, run 2, …", max_chars=80, key="train-name")
    chosen = choose_preset(clone, str(dataset))
    start, key = chosen.config, chosen.key
    with st.expander("More data, or an older run", expanded=not {"mix", "test_on"}.isdisjoint(st.query_params)):
        finished = {job.id: job.name for job in list_jobs(space, "runs") if job.state is State.finished}
        values = extra_data(start, {id: job.name for id, job in by_id.items()}, finished, key)
with network:
    st.subheader("Reader", anchor=False)
    reader = fields(start.reader, open_names(ReaderConfig), f"{key}.reader")
    with st.expander("More about the network"):
        reader |= fields(start.reader, folded_names(ReaderConfig), f"{key}.reader")
with learning:
    st.subheader("How it learns", anchor=False)
    devices = {"auto": "auto", **{device.id: device.label for device in [*available_devices(), *joint_devices()]}}
    values |= fields(start, [n for n in open_names(TrainConfig) if n not in ("dataset", "reader", "device")], key)
    values["device"] = st.selectbox(
        "Device",
        list(devices),
        format_func=devices.__getitem__,
        key=f"{key}.device",
        persist_state="session",
        help=TrainConfig.model_fields["device"].description,
    )
    with st.expander("More about learning"):
        values |= fields(start, [name for name in folded_names(TrainConfig) if name not in NAMES], key)
try:
    config = TrainConfig.parse({"dataset": dataset, "reader": reader, **values})
except ConfigError as error:
    with ready:
        show_error(error)
    st.stop()

with ready:
    with st.container(border=True, key="card-preflight"):
        fine = preflight(space, config, by_id[str(dataset)])
        dry_run(space, config, fine and by_id[str(dataset)].state is State.finished)
    changes = differences(start.plain(), config.plain())
    with st.expander(f"{count(len(changes))} changed from {chosen.label}", icon=":material/difference:"):
        for path, (before, now) in changes.items():
            st.markdown(f"{literal(path)}: {literal(str(before))} → **{literal(str(now))}**")
        if not changes:
            st.caption("No setting was changed.")
    same_command("train", config, name)
with place:
    launch_button(
        start_label(space, config),
        "train",
        lambda nonce: launch(space, "train", config, name=name, nonce=nonce),
        watch,
        disabled=not fine,
    )
