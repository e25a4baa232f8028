// Reports the visible part of each chart, and whether a chart is being dragged, by plotly's public events.
const AFTER = 300;  // ms from the end of a drag until plotly has reported it
let held = false;
export default function ({ setStateValue }) {
  const axes = ["xaxis", "yaxis"];
  const report = (chart, event) => {
    if (!Object.keys(event).some((name) => axes.some((axis) => name.startsWith(axis)))) return;
    const [x, y] = axes.map((axis) => chart.layout[axis].autorange ? null : chart.layout[axis].range);
    setStateValue(chart.layout.uirevision, { x, y });
  };
  const listen = () => {
    for (const chart of document.querySelectorAll(".js-plotly-plot")) {
      if (!chart.on || !chart.layout?.uirevision || chart.dataset.zoom) continue;
      chart.dataset.zoom = "kept";
      chart.on("plotly_relayout", (event) => report(chart, event));
    }
  };
  const hold = (now) => {
    if (held !== now) setStateValue("held", held = now);
  };
  const press = ({ target }) => {
    if (target.closest?.(".js-plotly-plot[data-zoom]")) hold(true);
  };
  const release = () => setTimeout(hold, AFTER, false);
  const listeners = { pointerdown: press, pointerup: release, pointercancel: release };
  for (const [name, listener] of Object.entries(listeners)) window.addEventListener(name, listener, true);
  const observer = new MutationObserver(listen);
  observer.observe(document.body, { childList: true, subtree: true });
  listen();
  return () => {
    observer.disconnect();
    for (const [name, listener] of Object.entries(listeners)) window.removeEventListener(name, listener, true);
  };
}
