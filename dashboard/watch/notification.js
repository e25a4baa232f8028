// A button that asks for notifications, and the notification when a run ends. Hidden while no run is live.
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
    button.textContent = denied ? "Notifications are blocked by the browser"
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
