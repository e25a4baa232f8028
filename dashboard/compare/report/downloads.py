"""The report of the chosen runs as downloads; each is written when it is asked for."""

from collections.abc import Callable

import streamlit as st

from dashboard.compare.comparison import Comparison
from dashboard.compare.report.content import gather
from dashboard.compare.report.html import as_html
from dashboard.compare.report.tables import as_csv, as_latex, as_markdown

_FORMS: dict[str, tuple[str, str, bool, Callable]] = {
    "HTML, with plots and pictures": ("comparison.html", "text/html", True, as_html),
    "Markdown": ("comparison.md", "text/markdown", False, as_markdown),
    "CSV": ("comparison.csv", "text/csv", False, as_csv),
    "LaTeX table": ("comparison.tex", "application/x-tex", False, as_latex),
}


def report_downloads(chosen: Comparison) -> None:
    """Draw the popover with a download for each form of the report."""
    with st.popover("Report", icon=":material/summarize:"):
        st.caption("What is said here of the chosen runs, as one file that needs no network.")
        for label, (name, kind, pictures, write) in _FORMS.items():
            st.download_button(
                label,
                lambda write=write, pictures=pictures: write(gather(chosen, pictures)).encode(),
                name,
                kind,
                key=f"compare-report-{name}",
                icon=":material/download:",
                on_click="ignore",
                width="stretch",
            )
