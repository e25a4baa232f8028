"""The house rules that no reviewer should have to check by eye."""

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench.floors import (
    FOLDERS,
    PACKAGES,
    imports,
    module_name,
    room_of,
    shared_class_names,
    sources,
    within,
    wrong_imports,
)
from bench.house import QUESTION
from glyphlab_read.processes import import_path

ROOT = Path(__file__).parent.parent
RUNTIME = FOLDERS["glyphlab_read"]
HEAVY_FOLDERS = ("engine.models", "engine.training", "engine.export")
RUN_BY_STREAMLIT = ("dashboard.shell", "dashboard.app_pages.")  # tests/dashboard opens these
KERNELS = "engine.models.tensorflow_kernels"  # what Keras has no fast operation for
TRDG = "engine.synth.trdg"
RUNTIME_LIBRARIES = {"PIL", "cv2", "glyphlab_read", "google", "numpy", "onnxruntime", "pydantic", "pydantic_core"}
SERVER_LIBRARIES = {"prometheus_client", "python_multipart", "starlette", "uvicorn"}  # of its extra `serve`
EXTRAS = {
    "ray": "engine.jobs.launchers.ray_cluster",
    "submitit": "engine.jobs.launchers.slurm",
    "optuna": "engine.sweeps.search",
}
"""Libraries that are installed where a user wants them, and the module of each; no page or command loads them."""
HEAVY_LIBRARIES = {"keras", "tensorflow", "jax", "tf2onnx"}
SESSION_CALLBACKS = {"open_dialog", "close_dialog", "st.login", "st.session_state.pop", "st.session_state.__setitem__"}
"""Callbacks that change the session alone, and raise nothing."""
SOURCES = sources(ROOT)


def is_heavy(module: str) -> bool:
    return any(within(module, folder) for folder in HEAVY_FOLDERS)


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
    libraries = RUNTIME_LIBRARIES | (SERVER_LIBRARIES if within(module, "glyphlab_read.serve") else set())
    if module.startswith("glyphlab_read") and library not in libraries | sys.stdlib_module_names:
        return f"the runtime imports {library}"
    if library == "trdg" and module != "engine.synth.trdg.adapter":
        return "trdg is touched by one module only"
    if library in EXTRAS and module != EXTRAS[library]:
        return f"{library} is touched by one module only, {EXTRAS[library]}"
    if library == "tensorflow" and not module.startswith("engine.export") and module != KERNELS:
        return "tensorflow itself belongs to export and to one module of kernels"
    return None


def test_every_module_has_a_floor():
    names = [module_name(path, ROOT) for path in SOURCES]
    homeless = [name for name in names if name not in PACKAGES and room_of(name) is None]
    assert not homeless, homeless


def test_no_import_runs_up_or_crosses_a_floor():
    offenders = list(wrong_imports(ROOT))
    assert not offenders, "\n".join(offenders)


def test_no_two_public_classes_share_a_name():
    offenders = list(shared_class_names(ROOT))
    assert not offenders, "\n".join(offenders)


def test_imports_follow_the_law():
    offenders = [
        f"{path.relative_to(ROOT)}:{line} imports {imported}: {fault}"
        for path in SOURCES
        for line, imported in imports(path)
        if (fault := offence(module_name(path, ROOT), imported))
    ]
    assert not offenders, "\n".join(offenders)


def test_the_light_half_loads_no_heavy_library():
    modules = [
        name
        for path in SOURCES
        if not is_heavy(name := module_name(path, ROOT))
        and not name.endswith("__main__")
        and not name.startswith(RUN_BY_STREAMLIT)
        and name not in EXTRAS.values()
    ]
    code = f"import importlib, sys\nfor m in {modules!r}: importlib.import_module(m)\n"
    code += f"loaded = {HEAVY_LIBRARIES | EXTRAS.keys()!r} & set(sys.modules)\nassert not loaded, loaded"
    environment = {**os.environ, **import_path()}
    child = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert child.returncode == 0, child.stderr


def unreadable(path: Path) -> Iterator[str]:
    """Say what makes a module hard to read: no docstring, or one that asks, too many lines, too long a function."""
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    if tree.body and not ast.get_docstring(tree):
        yield "a module begins by saying what it gives"
    if (lines := sum(bool(line.strip()) for line in text.splitlines())) > 300:
        yield f"{lines} lines: two jobs in one module"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and (length := (node.end_lineno or 0) - node.lineno + 1) > 60:
            yield f"{node.name} has {length} lines: take it apart"
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Constant)
            and QUESTION.match(str(node.value.value))
        ):
            yield f"line {node.lineno} opens with an indirect question: say what the thing is"


def test_modules_stay_readable():
    offenders = [f"{path.relative_to(ROOT)}: {fault}" for path in SOURCES for fault in unreadable(path)]
    assert not offenders, "\n".join(offenders)


def test_yaml_json_and_xml_are_parsed_within_bounds_only():
    parse = re.compile(
        r"\b(?:json\.loads?|yaml\.(?:safe_|full_)?load(?:_all)?|(?:etree|ElementTree)\.(?:parse|fromstring))\("
    )
    parsers = [str(path.relative_to(ROOT)) for path in SOURCES if parse.search(path.read_text(encoding="utf-8"))]
    assert set(parsers) <= {f"{RUNTIME}/parsing.py", f"{RUNTIME}/bundles/first_run.py", "engine/parsing.py"}


def test_tables_are_drawn_without_hidden_characters_only():
    drawers = [str(path.relative_to(ROOT)) for path in SOURCES if "st.dataframe(" in path.read_text(encoding="utf-8")]
    assert drawers == ["dashboard/common/tables.py"]


def told_callbacks(path: Path) -> set[str]:
    """Return the functions of a module whose errors the page shows as callbacks, by the decorator `guarded`."""
    functions = (node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.FunctionDef))
    return {node.name for node in functions if "guarded" in map(ast.unparse, node.decorator_list)}


def untold_callbacks(path: Path) -> Iterator[str]:
    """Say which callbacks of widgets in a module would end the page by an error that the user can mend."""
    tree, told = ast.parse(path.read_text("utf-8")), told_callbacks(path)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            source = ROOT / f"{node.module.replace('.', '/')}.py"
            told |= told_callbacks(source) & {alias.name for alias in node.names} if source.exists() else set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.keyword) or node.arg not in ("on_click", "on_change", "on_dismiss"):
            continue
        value = ast.unparse(node.value)
        if not value.startswith(("guarded(", "'")) and value not in told | SESSION_CALLBACKS:
            yield f"line {node.value.lineno} calls {value}: guard it"


def test_what_a_callback_raises_is_shown_on_its_page():
    pages = [path for path in SOURCES if path.is_relative_to(ROOT / "dashboard")]
    offenders = [f"{path.relative_to(ROOT)}: {fault}" for path in pages for fault in untold_callbacks(path)]
    assert not offenders, "\n".join(offenders)


def test_threads_are_as_many_as_the_cores_that_a_process_may_use():
    counting = [str(path.relative_to(ROOT)) for path in SOURCES if "cpu_count(" in path.read_text(encoding="utf-8")]
    assert counting == [], "len(os.sched_getaffinity(0)) heeds what a cluster, a container or taskset allows"


def test_nothing_is_left_for_later():
    marks = ("TO" + "DO", "FIX" + "ME", "X" + "XX", "NotImplemented" + "Error")
    offenders = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in [*SOURCES, *ROOT.glob("tests/**/*.py"), *ROOT.glob("bench/**/*.py")]
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if any(mark in line for mark in marks)
    ]
    assert not offenders, offenders
