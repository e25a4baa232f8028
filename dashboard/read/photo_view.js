// A photo with a polygon for each word. `data`: photo (URL), alt, boxes of {points, text, sure, doubtful}, path of
// numbered places, chosen. Points are per cent of the photo's sides. A click, or Enter, reports the number of a box.
const SVG = "http://www.w3.org/2000/svg";

const add = (parent, name, attributes = {}, space = null) => {
  const made = space ? document.createElementNS(space, name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  parent.appendChild(made);
  return made;
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
    const kinds = [box.doubtful ? "doubtful" : "", number === data.chosen ? "chosen" : ""].join(" ");
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
  if (data.path.length > 1) {
    add(drawing, "polyline", { points: data.path.map(([x, y]) => `${x},${y}`).join(" ") }, SVG);
  }
  for (const [x, y, number] of data.path) {
    add(frame, "div", { class: "stop", style: `left:${x}%;top:${y}%` }).textContent = number;
  }
}
