"""The house rules that no reviewer should have to check by eye."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HEAVY_FOLDERS = ("engine.models", "engine.training", "engine.export")
RUN_BY_STREAMLIT = ("dashboard.shell", "dashboard.app_pages.")  # tests/dashboard opens these
KERNELS = "engine.models.ctc_tensorflow"  # what Keras has no fast operation for
HEAVY_LIBRARIES = {"keras", "tensorflow", "jax", "tf2onnx"}
SOURCES = sorted([*ROOT.glob("engine/**/*.py"), *ROOT.glob("dashboard/**/*.py")])


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part != "__init__")


def is_heavy(module: str) -> bool:
    return any(module == folder or module.startswith(f"{folder}.") for folder in HEAVY_FOLDERS)


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Every imported dotted name with its line, lazy imports inside functions included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from ((node.lineno, f"{node.module}.{alias.name}") for alias in node.names)


def offence(module: str, imported: str) -> str | None:
    """Say which law an import breaks, if any."""
    library = imported.split(".")[0]
    light = not is_heavy(module)
    if light and is_heavy(imported):
        return "light code imports the heavy half"
    if light and library in HEAVY_LIBRARIES:
        return f"light code imports {library}"
    if module.startswith("engine") and library in {"streamlit", "dashboard"}:
        return f"the engine imports {library}"
    if library == "trdg" and module != "engine.synth.trdg.adapter":
        return "trdg is touched by one module only"
    if library == "tensorflow" and not module.startswith("engine.export") and module != KERNELS:
        return "tensorflow itself belongs to export and to one module of kernels"
    return None


def test_imports_follow_the_law():
    offenders = [
        f"{path.relative_to(ROOT)}:{line} imports {imported}: {fault}"
        for path in SOURCES
        for line, imported in imports(path)
        if (fault := offence(module_name(path), imported))
    ]
    assert not offenders, "\n".join(offenders)


def test_the_light_half_loads_no_heavy_library():
    modules = [
        name
        for path in SOURCES
        if not is_heavy(name := module_name(path))
        and not name.endswith("__main__")
        and not name.startswith(RUN_BY_STREAMLIT)
    ]
    code = f"import importlib, sys\nfor m in {modules!r}: importlib.import_module(m)\n"
    code += f"loaded = {HEAVY_LIBRARIES!r} & set(sys.modules)\nassert not loaded, loaded"
    child = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert child.returncode == 0, child.stderr


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_stays_readable(path: Path):
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert ast.get_docstring(tree) or not tree.body, "a module begins by saying what it gives"
    lines = [line for line in text.splitlines() if line.strip()]
    assert len(lines) <= 300, f"{len(lines)} lines: two jobs in one module"
    long = [
        f"{node.name} ({length} lines)"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and (length := (node.end_lineno or 0) - node.lineno + 1) > 60
    ]
    assert not long, f"functions to take apart: {long}"


def test_nothing_is_left_for_later():
    marks = ("TO" + "DO", "FIX" + "ME", "X" + "XX", "NotImplemented" + "Error")
    offenders = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in [*SOURCES, *ROOT.glob("tests/**/*.py"), *ROOT.glob("bench/**/*.py")]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if any(mark in line for mark in marks)
    ]
    assert not offenders, offenders
