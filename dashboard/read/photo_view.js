// A photo with a polygon for each word. `data`: photo (URL), alt, boxes of {points, text, sure, doubtful, out}, path of
// numbered places, chosen. Points are per cent of the photo's sides. A click, or Enter, reports the number of a box.
// With `draw`, a rectangle is drawn by dragging and reported by its sides: left, top, right, bottom.
// A place of the path that is dragged onto another one, or moved by the arrow keys, reports both: from where, to where.
const SVG = "http://www.w3.org/2000/svg";
const REACH = 40; // px from a place within which what is dropped there counts

const add = (parent, name, attributes = {}, space = null) => {
  const made = space ? document.createElementNS(space, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent.appendChild(made);
  return made;
};

const middle = (element) => {
  const box = element.getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2];
};

const letDrag = (stop, place, frame, report) => {
  const stops = () => [...frame.querySelectorAll(".stop")];
  let begun = null;
  let target = null;
  const end = () => {
    begun = target = null;
    stop.style.translate = "";
    for (const each of stops()) each.classList.remove("target", "held");
  };
  stop.addEventListener("pointerdown", (event) => {
    begun = [event.clientX, event.clientY, middle(stop)];
    stop.setPointerCapture(event.pointerId);
    stop.classList.add("held");
  });
  stop.addEventListener("pointermove", (event) => {
    if (!begun) return;
    const [x, y] = [event.clientX - begun[0], event.clientY - begun[1]];
    stop.style.translate = `${x}px ${y}px`;
    const far = (each) => Math.hypot(...middle(each).map((at, axis) => at - begun[2][axis] - [x, y][axis]));
    const near = stops().filter((each) => each !== stop && far(each) < REACH);
    target = near.sort((one, other) => far(one) - far(other))[0];
    for (const each of stops()) each.classList.toggle("target", each === target);
  });
  stop.addEventListener("pointerup", () => {
    const to = target ? stops().indexOf(target) : -1;
    end();
    if (to >= 0) report(place, to);
  });
  stop.addEventListener("pointercancel", end);
  stop.addEventListener("keydown", (event) => {
    const to = place + ({ ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key] ?? 0);
    if (to === place || to < 0 || to >= stops().length) return;
    event.preventDefault();
    report(place, to);
  });
};

const letDraw = (drawing, report) => {
  let from = null;
  let shape = null;
  const at = (event) => {
    const box = drawing.getBoundingClientRect();
    const shares = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    return shares.map((share) => 100 * Math.min(Math.max(share, 0), 1));
  };
  const end = () => {
    from = null;
    shape?.remove();
  };
  drawing.classList.add("drawing");
  drawing.addEventListener("pointerdown", (event) => {
    from = at(event);
    drawing.setPointerCapture(event.pointerId);
    shape = add(drawing, "polygon", { class: "chosen" }, SVG);
  });
  drawing.addEventListener("pointermove", (event) => {
    if (!from) return;
    const [x, y] = at(event);
    shape.setAttribute("points", `${from[0]},${from[1]} ${x},${from[1]} ${x},${y} ${from[0]},${y}`);
  });
  drawing.addEventListener("pointerup", (event) => {
    if (!from) return;
    const [x, y] = at(event);
    const sides = [Math.min(x, from[0]), Math.min(y, from[1]), Math.max(x, from[0]), Math.max(y, from[1])];
    end();
    report(sides);
  });
  drawing.addEventListener("pointercancel", end);
};

export default function ({ parentElement, data, setTriggerValue }) {
  let frame = parentElement.querySelector(".photo");
  if (!frame) {
    frame = add(parentElement, "div", { class: "photo" });
    add(frame, "img");
  }
  const photo = frame.querySelector("img");
  if (photo.getAttribute("src") !== data.photo) photo.src = data.photo;
  photo.alt = data.alt;
  for (const old of frame.querySelectorAll("svg, .stop, .tip")) old.remove();

  const drawing = add(frame, "svg", { viewBox: "0 0 100 100", preserveAspectRatio: "none" }, SVG);
  const tip = add(frame, "div", { class: "tip", hidden: "" });
  const show = (box) => {
    tip.textContent = `${box.text} · ${box.sure}`;
    tip.style.left = `${box.points.reduce((sum, point) => sum + point[0], 0) / box.points.length}%`;
    tip.style.top = `${Math.min(...box.points.map((point) => point[1]))}%`;
    tip.hidden = false;
  };
  data.boxes.forEach((box, number) => {
    const kinds = [box.doubtful ? "doubtful" : "", box.out ? "out" : "", number === data.chosen ? "chosen" : ""].join(" ");
    const shape = add(drawing, "polygon", {
      points: box.points.map((point) => point.join(",")).join(" "),
      class: kinds,
      tabindex: 0,
      role: "button",
      "aria-label": `${box.text}, ${box.sure}`,
    }, SVG);
    const choose = () => setTriggerValue("clicked", number);
    shape.addEventListener("click", choose);
    shape.addEventListener("keydown", (event) => { if (event.key === "Enter") choose(); });
    for (const name of ["pointerenter", "focus"]) shape.addEventListener(name, () => show(box));
    for (const name of ["pointerleave", "blur"]) shape.addEventListener(name, () => { tip.hidden = true; });
  });
  if (data.draw) letDraw(drawing, (sides) => setTriggerValue("drawn", sides));
  if (data.path.length > 1) {
    add(drawing, "polyline", { points: data.path.map(([x, y]) => `${x},${y}`).join(" ") }, SVG);
  }
  data.path.forEach(([x, y, number], place) => {
    const stop = add(frame, "div", {
      class: "stop",
      style: `left:${x}%;top:${y}%`,
      tabindex: 0,
      role: "button",
      "aria-label": `Block ${number}, read as number ${place + 1}: drag it onto another, or move it by the arrow keys`,
    });
    stop.textContent = number;
    letDrag(stop, place, frame, (from, to) => setTriggerValue("moved", [from, to]));
  });
}
