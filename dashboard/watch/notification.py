"""A browser notification when a run ends: asked for by a button only, while a page is open; nothing leaves the machine.

The browser shows the notification itself and asks its user for leave first. The script beside this module is fixed;
names of runs travel to it as data and are shown as text. The tab remembers which runs were live, the browser whether
notifications are wanted. While no run is live, the button is hidden.
"""

from collections.abc import Iterable
from pathlib import Path

from streamlit.components.v2 import component

from dashboard.common.jobs import state_word
from engine.jobs import Job
from engine.labels import visible

_HTML = '<button type="button" aria-pressed="false"></button>'
_SCRIPT, _STYLE = (Path(__file__).with_suffix(end).read_text("utf-8") for end in (".js", ".css"))
_button = component("glyphlab-notification", html=_HTML, css=_STYLE, js=_SCRIPT)


def notify_button(runs: Iterable[Job]) -> None:
    """Draw the button, and report the states of the runs to the browser."""
    now = [{"id": run.id, "name": visible(run.name), "state": state_word(run), "live": run.state.live} for run in runs]
    _button(data={"runs": now}, key="notification", height="content", width="content")
