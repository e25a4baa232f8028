// Streamlit's own drop zone takes a paste only while it has the focus. This hands it the files of any paste on the
// page; pasted text goes where it always went. `data.zone` is the key of the drop zone.
export default function ({ data }) {
  const forward = (event) => {
    const zone = document.querySelector(`.st-key-${data.zone} [data-testid="stFileUploaderDropzone"]`);
    const files = event.clipboardData ? [...event.clipboardData.files] : [];
    if (!zone || !files.length || zone.contains(event.target)) return;
    event.preventDefault();
    const clipboardData = new DataTransfer();
    for (const file of files) clipboardData.items.add(file);
    zone.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
  };
  document.addEventListener("paste", forward);
  return () => document.removeEventListener("paste", forward);
}
