"""Order of the floors of engine, dashboard and runtime, and the imports of a module that must follow it.

For the test that guards the order and for `bench.house`, which counts. Nothing here is imported by what it describes.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

FOLDERS = {"engine": "engine", "dashboard": "dashboard", "glyphlab_read": "runtime/glyphlab_read"}
"""The packages, and where in a checkout each lies."""

PACKAGES = tuple(FOLDERS)
FLOORS: tuple[tuple[str, ...], ...] = (
    ("dashboard.app", "dashboard.shell", "dashboard.__main__"),
    ("dashboard.server",),
    ("dashboard.app_pages",),
    ("dashboard.home", "dashboard.data", "dashboard.train", "dashboard.watch", "dashboard.read", "dashboard.compare"),
    ("dashboard.runs", "dashboard.readings"),
    ("dashboard.common",),
    ("dashboard.caches",),
    ("engine.__main__",),
    ("engine.cli",),
    ("engine.adaptation", "engine.sweeps", "engine.tracking"),
    ("engine.publishing",),
    ("engine.training",),
    ("engine.export", "engine.evaluation", "engine.synth"),
    ("engine.documents",),
    ("engine.models",),
    ("engine.datasets", "engine.location", "engine.reading"),
    ("engine.bundles", "engine.drafts", "engine.sources", "engine.measures", "engine.quick_start"),
    ("engine.images", "engine.jobs", "engine.regions"),
    ("engine.config",),
    (
        "engine.discarded",
        "engine.files",
        "engine.glossary",
        "engine.labels",
        "engine.machine",
        "engine.markup",
        "engine.tables",
        "engine.workspace",
    ),
    ("engine.commands", "engine.formatting", "engine.parsing", "engine.processes"),
    ("engine.errors",),
    ("glyphlab_read.__main__", "glyphlab_read.serve"),
    ("glyphlab_read.command",),
    ("glyphlab_read.documents",),
    ("glyphlab_read.location", "glyphlab_read.reading"),
    ("glyphlab_read.bundles",),
    ("glyphlab_read.images", "glyphlab_read.regions"),
    ("glyphlab_read.charset", "glyphlab_read.sandbox", "glyphlab_read.settings"),
    ("glyphlab_read.formatting", "glyphlab_read.parsing", "glyphlab_read.processes"),
    ("glyphlab_read.errors",),
)
"""From the top down. A module imports its own room and lower floors: no import runs up, none crosses a floor."""


def sources(root: Path) -> list[Path]:
    """Return the modules of all packages in a checkout."""
    return sorted(path for package in PACKAGES for path in sources_of(package, root))


def sources_of(package: str, root: Path) -> list[Path]:
    """Return the modules of one package in a checkout; none where an older one lacks it."""
    return sorted(root.glob(f"{FOLDERS[package]}/**/*.py"))


def module_name(path: Path, root: Path) -> str:
    """Return the dotted name of a module; that of a package for its `__init__`."""
    parts = path.relative_to(root).with_suffix("").parts
    parts = parts[1:] if parts[0] == "runtime" else parts
    return ".".join(part for part in parts if part != "__init__")


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Yield every imported dotted name with its line, lazy imports inside functions included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def within(module: str, package: str) -> bool:
    """Say whether a module is a package or lies in it."""
    return module == package or module.startswith(f"{package}.")


def room_of(module: str) -> tuple[int, str] | None:
    """Return the floor and the room of a module; None where no floor names it."""
    found = ((floor, room) for floor, rooms in enumerate(FLOORS) for room in rooms if within(module, room))
    return next(found, None)


def wrong_imports(root: Path) -> Iterator[str]:
    """Yield each import of a checkout that runs up or crosses a floor, by file and line."""
    for path in sources(root):
        own = room_of(module_name(path, root))
        for line, imported in imports(path):
            other = room_of(imported)
            if own and other and own[1] != other[1] and other[0] <= own[0]:
                yield f"{path.relative_to(root)}:{line} {own[1]} imports {imported}"


def shared_class_names(root: Path) -> Iterator[str]:
    """Yield each public class of a checkout whose name another one has, by file and line."""
    found: dict[str, list[str]] = {}
    for path in sources(root):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                found.setdefault(node.name, []).append(f"{path.relative_to(root)}:{node.lineno}")
    for name, places in sorted(found.items()):
        if len(places) > 1:
            yield from (f"{place} class {name}" for place in places)
