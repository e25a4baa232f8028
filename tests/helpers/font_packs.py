"""Debian packages of fonts, unpacked below a folder as dpkg leaves them, for tests of font packs."""

from collections.abc import Mapping
from pathlib import Path


def unpack(root: Path, name: str, faces: Mapping[str, bytes], licence: str = "OFL-1.1") -> None:
    """Leave a package `fonts-<name>` with these files below a root."""
    folder = Path("usr/share/fonts/truetype") / name
    (root / folder).mkdir(parents=True)
    for file, content in faces.items():
        (root / folder / file).write_bytes(content)
    about = root / "usr/share/doc" / f"fonts-{name}"
    about.mkdir(parents=True)
    (about / "copyright").write_text(f"Format: x\n\nFiles: *\nCopyright: somebody\nLicense: {licence}\n text\n")
    lists = root / "var/lib/dpkg/info"
    lists.mkdir(parents=True, exist_ok=True)
    lines = ["/.", "/usr/share/fonts", *(f"/{folder / file}" for file in faces), f"/usr/share/doc/fonts-{name}"]
    (lists / f"fonts-{name}.list").write_text("\n".join(lines) + "\n")
