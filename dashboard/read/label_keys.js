// Keys of the labelling view that buttons cannot have: typing goes into the field wherever the focus is, Enter in it
// presses the button that Enter presses elsewhere, and a switch or tab that was clicked last keeps no key to itself.
// What was read makes room for the first letter typed; Backspace, and what a person typed before, go on at its end.
// `data` names the zone, its field, its buttons by their keys, how the field's placeholder tells what was read, and the
// hint that tells the keys, shown once they work; what is typed into other fields stays theirs.
const EDITABLE = "input, textarea, select, [contenteditable='true'], [role='dialog'], [role='grid'], [role='listbox']";
const SWITCH = "[role='radio'], [role='tab'], [role='checkbox'], input[type='radio'], input[type='checkbox']";
export default function ({ data, parentElement }) {
  const find = (key, what) => document.querySelector(`.st-key-${data.zone} [class*="st-key-${key}"] ${what}`);
  const push = (key) => find(data.buttons[key], "button")?.click();
  const press = (event) => {
    const { key, target } = event, field = find(data.field, "input");
    if (!field || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (target === field) {
      if (key === "Enter") setTimeout(push, 0, key);  // after the field has sent what it holds
      if (key === "Escape") field.blur();
      return;
    }
    const onSwitch = target.matches?.(SWITCH);
    if (!onSwitch && target.closest?.(EDITABLE)) return;
    if (key in data.buttons) {
      if (!onSwitch) return;  // the button's own shortcut
      push(key);
      event.preventDefault();
    } else if (key === " " && !onSwitch && !target.closest?.("button, a, summary")) {
      field.focus();
      field.select();
      event.preventDefault();
    } else if (key === "Backspace" || (key.length === 1 && key !== " ")) {
      const end = field.value.length, wasRead = field.placeholder === data.proposal + field.value;
      field.focus();
      field.setSelectionRange(key !== "Backspace" && wasRead ? 0 : end, end);
    } else {
      return;
    }
    event.stopImmediatePropagation();  // else "c" and "r" would reach the shortcuts of Streamlit itself
  };
  window.addEventListener("keydown", press, true);
  parentElement.querySelector(".hint").textContent = data.hint;
  return () => window.removeEventListener("keydown", press, true);
}
