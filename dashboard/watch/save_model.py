"""A run's model as one file, on the Watch page: what goes along with its newest bundle, and the download."""

import streamlit as st

from dashboard.common.buckets import send_to_bucket
from engine.formatting import count
from engine.jobs import Job
from engine.jobs.summaries import finds_text
from engine.labels import file_name
from engine.publishing.model_file import EXAMPLES, model_of_run
from engine.sources.buckets import send_content
from engine.workspace import STARTER, Workspace


def save_model(workspace: Workspace, run: Job, key: str) -> None:
    """Draw the choices and the download. The file is made when it is asked for."""
    st.caption("One file that `glyphlab-read` opens on any machine, without the lab and without TensorFlow.")
    examples, locator = 0, None
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        licence = st.text_input(
            "Licence",
            key=f"{key}-licence",
            max_chars=200,
            placeholder="CC-BY-4.0, or none is stated",
            help="Terms of use, written on the model's card. What it learned from has its own.",
            width=280,
        )
        if not finds_text(run):
            examples_help = "They stand in the file beside their readings, for whoever opens it."
            label = f"With {count(EXAMPLES, 'images')} of its validation"
            examples = EXAMPLES if st.checkbox(label, True, key=f"{key}-examples", help=examples_help) else 0
            locator_help = "It finds the words in whole photos. Another locator: `export-model` with `--locator`."
            if st.checkbox("With the starter locator", key=f"{key}-locator", help=locator_help):
                locator = STARTER

        def content() -> bytes:
            return model_of_run(workspace, run, locator, licence=licence.strip(), examples=examples).content

        name = file_name(run.name or run.id, "zip")
        st.download_button(
            "Save the model",
            content,
            file_name=name,
            mime="application/zip",
            key=f"{key}-save",
            icon=":material/deployed_code:",
            on_click="ignore",
        )
        send_to_bucket(f"{key}-send", name, lambda to, report: send_content(workspace, content(), name, to, report))
