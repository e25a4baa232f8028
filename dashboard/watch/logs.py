"""The tail of a job's log, with a search. A log is foreign text and is shown as text only."""

import streamlit as st

from engine.formatting import count
from engine.jobs import Job, tail_log

_READ = 200_000  # bytes from the end that are searched
_SHOWN = 300  # lines


def log_tail(job: Job, key: str) -> None:
    """Draw the last lines of a job's log, newest at the end, or those that match a search."""
    lines = tail_log(job.folder, _READ).splitlines()
    if not lines:
        st.caption("Nothing was written yet.")
        return
    wanted = st.text_input(
        "Search the log",
        key=f"{key}-search",
        placeholder="error, step 1,200, …",
        max_chars=200,
        label_visibility="collapsed",
        icon=":material/search:",
    ).strip()
    found = matching(lines, wanted)
    if wanted:
        st.caption(f"{count(len(found), 'lines')} of the last {count(len(lines))}")
    with st.container(height=320, border=False, autoscroll=True):  # opens at the newest line, which is the last
        st.code("\n".join(found[-_SHOWN:]) or "No such line.", language=None, wrap_lines=True)


def matching(lines: list[str], wanted: str) -> list[str]:
    """Return the lines that contain a text in any case; all lines for an empty text."""
    return [line for line in lines if wanted.casefold() in line.casefold()] if wanted else lines
