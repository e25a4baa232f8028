"""The export of a run's model on the Watch page: one file that opens where the lab is not."""

import streamlit as st

from engine.evaluation.model_file import EXAMPLES, file_name, model_of_run
from engine.formatting import count
from engine.jobs import Job
from engine.jobs.summaries import finds_text
from engine.workspace import STARTER, Workspace


def export_model(workspace: Workspace, run: Job, key: str) -> None:
    """Draw what goes along with a run's newest bundle, and the download. The file is made when it is asked for."""
    st.markdown("**Take it along**")
    st.caption("One file that `glyphlab-read` opens on any machine, without the lab and without TensorFlow.")
    licence = st.text_input(
        "Licence",
        key=f"{key}-licence",
        max_chars=200,
        placeholder="CC-BY-4.0, or none is stated",
        help="Terms of use, written on the model's card. What it learned from has its own.",
    )
    examples, locator = 0, None
    if not finds_text(run):
        examples_help = "They stand in the file beside their readings, for whoever opens it."
        label = f"With {count(EXAMPLES, 'images')} of its validation"
        examples = EXAMPLES if st.checkbox(label, True, key=f"{key}-examples", help=examples_help) else 0
        locator_help = "It finds the words in whole photos. Another locator: `save-model` with `--locator`."
        if st.checkbox("With the starter locator", key=f"{key}-locator", help=locator_help):
            locator = STARTER
    st.download_button(
        "Export the model",
        lambda: model_of_run(workspace, run, locator, licence=licence.strip(), examples=examples).content,
        file_name=file_name(run.name or run.id),
        mime="application/zip",
        key=f"{key}-export",
        icon=":material/deployed_code:",
        on_click="ignore",
    )
