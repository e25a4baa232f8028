// Keys of the labelling view that buttons cannot have: typing goes into the field wherever the focus is, and Enter in
// it presses the button whose key `data.next` is. Digits that take a candidate, and what other fields get, stay theirs.
const EDITABLE = "input, textarea, select, [contenteditable='true'], [role='dialog'], [role='grid'], [role='listbox']";
export default function ({ data }) {
  const find = (key, what) => document.querySelector(`.st-key-${data.zone} [class*="st-key-${key}"] ${what}`);
  const press = (event) => {
    const field = find(data.field, "input");
    if (!field || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target === field) {
      if (event.key === "Enter") setTimeout(() => find(data.next, "button")?.click());
      if (event.key === "Escape") field.blur();
      return;
    }
    if (event.target.closest?.(EDITABLE)) return;
    const typed = event.key.length === 1 && event.key !== " " && !data.taken.includes(event.key);
    if (!typed && event.key !== "Backspace") return;
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
    event.stopImmediatePropagation();  // else "c" and "r" would reach the shortcuts of Streamlit itself
  };
  window.addEventListener("keydown", press, true);
  return () => window.removeEventListener("keydown", press, true);
}
