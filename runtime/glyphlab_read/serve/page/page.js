// The page to drop an image on: sends it to this server, shows text, confidence and boxes. All texts are set as texts.
"use strict";

const SVG = "http://www.w3.org/2000/svg";
const byId = (id) => document.getElementById(id);
let shownAddress = "";
let last = null;
let latest = 0;

const made = (name, text, className) => {
  const element = document.createElement(name);
  element.textContent = text;
  if (className) element.className = className;
  return element;
};

const sureness = (share) => (share >= 0.9 ? "sure" : share >= 0.6 ? "unsure" : "doubtful");
const perCent = (share) => `${Math.round(100 * share)} %`;

function tell(text, bad = false) {
  byId("state").textContent = text;
  byId("state").className = bad ? "bad" : "";
}

async function read(file) {
  last = file;
  const number = ++latest;
  byId("result").hidden = true;
  tell(`Reading ${file.name || "the image"} …`);
  const form = new FormData();
  form.append("image", file, file.name || "image");
  const token = byId("token").value;
  const headers = token ? { Authorization: `Bearer ${token}` } : {};
  let answer, content;
  try {
    answer = await fetch(`v1/read?kind=${byId("kind").value}`, { method: "POST", body: form, headers });
    content = await answer.json();
  } catch {
    if (number === latest) tell("The server did not answer. See whether it still runs, then drop the image again.", true);
    return;
  }
  if (number !== latest) return; // another image was dropped meanwhile
  if (answer.status === 401) byId("asks").hidden = false;
  if (!answer.ok) return tell(content.detail, true);
  show(file, content.images[0], content.seconds);
}

function show(file, image, seconds) {
  tell("");
  URL.revokeObjectURL(shownAddress);
  shownAddress = URL.createObjectURL(file);
  const picture = document.createElement("img");
  picture.alt = "The image that was read";
  picture.src = shownAddress;
  const shown = byId("shown");
  shown.className = image.kind;
  picture.onerror = () => {
    picture.remove();
    if (image.kind === "photo") shown.style.aspectRatio = `${image.width} / ${image.height}`;
    else shown.append(made("p", "This browser does not show images of this format.", "quiet"));
  };
  shown.style.aspectRatio = "";
  shown.replaceChildren(picture);
  byId("text").textContent = image.text || (image.blank ? "Nothing is to be seen in it." : "No text was found.");
  const words = image.kind === "photo" ? image.blocks.flatMap((block) => block.lines.flatMap((line) => line.words)) : [];
  const parts = image.kind === "photo" ? words : image.characters.map((one) => ({ ...one, text: one.char }));
  const what = image.kind === "photo" ? `${words.length} words` : `${image.width} × ${image.height} px`;
  byId("facts").textContent = `Confidence ${perCent(image.confidence)} · ${what} · ${Math.round(1000 * seconds)} ms`;
  const rows = parts.map((part) => {
    const row = document.createElement("tr");
    row.append(made("td", part.text), made("td", perCent(part.confidence), sureness(part.confidence)));
    return row;
  });
  byId("parts").tBodies[0].replaceChildren(...rows);
  byId("parts").hidden = !rows.length;
  if (image.kind === "photo") shown.append(outlines(image, words, rows));
  byId("result").hidden = false;
}

function outlines(image, words, rows) {
  const drawing = document.createElementNS(SVG, "svg");
  drawing.setAttribute("viewBox", `0 0 ${image.width} ${image.height}`);
  drawing.setAttribute("role", "img");
  drawing.setAttribute("aria-label", `${words.length} words are outlined; the table lists them in reading order`);
  words.forEach((word, index) => {
    const outline = document.createElementNS(SVG, "polygon");
    outline.setAttribute("points", word.quad.map((corner) => corner.join(",")).join(" "));
    const title = document.createElementNS(SVG, "title");
    title.textContent = `${word.text} (${perCent(word.confidence)})`;
    outline.append(title);
    for (const part of [outline, rows[index]]) {
      part.addEventListener("pointerenter", () => [outline, rows[index]].forEach((one) => one.classList.add("on")));
      part.addEventListener("pointerleave", () => [outline, rows[index]].forEach((one) => one.classList.remove("on")));
    }
    drawing.append(outline);
  });
  return drawing;
}

byId("file").addEventListener("change", (event) => event.target.files[0] && read(event.target.files[0]));
byId("kind").addEventListener("change", () => last && read(last));
byId("token").addEventListener("change", () => last && read(last));
document.addEventListener("paste", (event) => event.clipboardData.files[0] && read(event.clipboardData.files[0]));
for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
  document.addEventListener(kind, (event) => {
    event.preventDefault();
    byId("drop").classList.toggle("over", kind === "dragenter" || kind === "dragover");
    if (kind === "drop" && event.dataTransfer.files[0]) read(event.dataTransfer.files[0]);
  });
}
byId("copy").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(byId("text").textContent);
    tell("The text was copied.");
  } catch {
    tell("The browser did not let the text be copied. Select it and copy it by hand.", true);
  }
});
