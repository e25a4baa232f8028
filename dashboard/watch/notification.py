"""A note by the browser when a run ends: asked for by a button only, while a page is open; nothing leaves the machine.

The browser shows the note itself and asks its user for leave first. The script below is fixed; names of runs travel to
it as data and are shown as text. The tab remembers which runs were live, the browser whether notes are wanted.
While no run is live, the button is hidden.
"""

from collections.abc import Iterable

from streamlit.components.v2 import component

from dashboard.common.jobs import word
from engine.formatting import visible
from engine.jobs import Job

_HTML = '<button type="button" aria-pressed="false"></button>'
_CSS = """
button {
  font: inherit; font-size: 0.875rem; color: inherit; background: none; cursor: pointer; padding: 0.25rem 0.5rem;
  border: 1px solid transparent; border-radius: var(--st-button-radius, 8px); opacity: 0.8;
}
button:hover, button:focus-visible { border-color: var(--st-border-color); opacity: 1; }
button:focus-visible { outline: 2px solid var(--st-primary-color); outline-offset: 2px; }
button:disabled { cursor: default; opacity: 0.6; }
"""
_JS = """
const WANTED = "glyphlab-notes", LIVE = "glyphlab-live";
export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button");
  const can = "Notification" in window;
  const wanted = () => can && Notification.permission === "granted" && localStorage.getItem(WANTED) === "yes";
  const draw = () => {
    const denied = can && Notification.permission === "denied";
    button.disabled = !can || denied;
    button.hidden = !data.runs.some((run) => run.live);
    button.setAttribute("aria-pressed", String(wanted()));
    button.textContent = denied ? "Notes are blocked by the browser"
      : wanted() ? "✓ Tells you when a run ends" : "Tell me when a run ends";
  };
  button.onclick = async () => {
    if (wanted()) localStorage.removeItem(WANTED);
    else if (await Notification.requestPermission() === "granted") localStorage.setItem(WANTED, "yes");
    draw();
  };
  const before = new Set(JSON.parse(sessionStorage.getItem(LIVE) || "[]"));
  for (const run of data.runs) {
    if (before.has(run.id) && !run.live && wanted()) new Notification(run.name, { body: run.state, tag: run.id });
  }
  sessionStorage.setItem(LIVE, JSON.stringify(data.runs.filter((run) => run.live).map((run) => run.id)));
  draw();
}
"""
_button = component("glyphlab-notice", html=_HTML, css=_CSS, js=_JS)


def notice(runs: Iterable[Job]) -> None:
    """Draw the button, and tell the browser how the runs are now."""
    now = [{"id": run.id, "name": visible(run.name), "state": word(run), "live": run.state.live} for run in runs]
    _button(data={"runs": now}, key="notice", height="content", width="content")
