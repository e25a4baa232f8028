"""Figures on how easily a newcomer finds their way in the code: `python -m bench.house [CHECKOUT]`.

Counts, and judges nothing: sizes of modules, imports against the order of `bench.floors`, names, and docstrings of
engine, dashboard and runtime in this checkout or in another one, such as an older commit's. In one whose folders are
called otherwise the order applies to those that it names; circles are found among all.
"""

import ast
import re
import statistics
import sys
from collections import Counter
from pathlib import Path

from bench.command import run
from bench.floors import (
    FOLDERS,
    PACKAGES,
    imports,
    module_name,
    room_of,
    shared_class_names,
    sources,
    sources_of,
    wrong_imports,
)

ROOT = Path(__file__).parents[1]
LONG = 300  # non-blank lines
QUESTION = re.compile(r"(What|Where|Which|How|Why|Whether|Who|Whom|Whose)\b")
USUAL = frozenset(
    """
    accuracy actions adapter advice alignment annotate annotations aocr app archive asset attention augment base
    batch beam blocks blur boxes breakdown browser budget bundle cache camera card channels charset charts check
    checkpoint choices cli cnn coco colour command common compare comparison config content context contrast
    control corrections crop ctc curves data dataset decode decoding densenet device diagnosis dialog
    dictionaries dictionary diff distributions doctr document domain download downsample draft drop dry
    duplicates easyocr edit editing editor encode encoder encoding errors evaluate evaluation event example exit
    explain export exporting extra field file filters first flag folder font format formatting frames gap
    generate generation geometry graphs ground heartbeat home html icdar image imagenet import importer
    importing inference input issues item job jpeg keys kinds labels launch layout lifecycle light line list
    listing loader locate locator locks logo logs loop losses main manifest markdown mask matching memory
    metrics models muon names network ngram noise notes notification number once online onnx open opener options
    overlays overview paddleocr page paired parity patch patches paths pattern perspective photos picker pinned
    pipeline pixels png polygons pool postprocess prefetch prepare preprocess presets pretrained
    preview processes progress pyramid quality query queue quick ranges rate read reader readiness readings real
    recipe records region report residual resize resnet resolver results rng rows run runner sample sampler
    sandbox saved scan scene schedule scores scripts search server session set settings shadow shape shards
    shell shuffle sidecar source space sparkline speed splits spreadsheet start state statistics stats status
    step store style summaries summary svg synthetic table tabs telemetry tensorboard tensorflow test text
    textures tf tfrecord thresholds tiles timer tone train trainer training transcribe transfer transformer
    trash tree truth tuning types unicode uploads validate validation versions vs warmup watch weights words
    worker workspace write xml zoom
    """.split()  # noqa: SIM905  a list of that many strings is no easier to read
)
"""Words that a person who has trained a network or built a page knows; single and plural are both meant."""


CODE = (*FOLDERS.values(), "bench", "docs", "tests")


def main(root: Path = ROOT) -> None:
    """Print the tables of a checkout."""
    modules = {package: found for package in PACKAGES if (found := _modules(root, package))}
    print(f"{'':<58}" + "".join(f"{package:>15}" for package in modules))
    for title, count in {
        "modules": len,
        "median lines of a module": lambda paths: round(statistics.median(len(_lines(path)) for path in paths)),
        f"modules of more than {LONG} non-blank lines": lambda paths: sum(_filled(path) > LONG for path in paths),
        "docstrings that open with an indirect question": lambda paths: sum(map(_questions, paths)),
        "private functions called once, per 1,000 lines": _called_once,
        "module names with words outside the usual ones, %": lambda paths: round(
            100 * len(_unusual(paths)) / len(paths)
        ),
    }.items():
        print(f"{title:<58}" + "".join(f"{count(paths):>15,}" for paths in modules.values()))
    places = [path for folder in CODE for path in root.glob(f"{folder}/**/*.py")]
    skips = sum(line.endswith("# fmt: skip") for path in places for line in _lines(path))
    shared = len({place.split()[-1] for place in shared_class_names(root)})
    for title, number in {
        "imports that run up or cross a floor": len(list(wrong_imports(root))),
        "rooms in a circle of imports": len(_circular(root)),
        "names that several public classes share": shared,
        "fmt: skip, tests and benches included": skips,
    }.items():
        print(f"{title:<58}{number:>15,}")
    for package, paths in modules.items():
        print(f"\nOutside the usual words, {package}: {', '.join(_unusual(paths)) or 'none'}")


def _modules(root: Path, package: str) -> list[Path]:
    """Return a package's modules that hold code."""
    return [path for path in sources_of(package, root) if _lines(path)]


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def _filled(path: Path) -> int:
    return sum(bool(line.strip()) for line in _lines(path))


def _questions(path: Path) -> int:
    """Count the docstrings of a module that open with a question word, those below constants and fields included."""
    strings = (
        node.value.value
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
    )
    return sum(bool(QUESTION.match(string)) for string in strings)


def _called_once(paths: list[Path]) -> float:
    """Return the private functions with one mention in their module, decorated ones left out, per 1,000 lines."""
    once = 0
    for path in paths:
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        mentions = Counter(node.id for node in nodes if isinstance(node, ast.Name))
        mentions.update(node.attr for node in nodes if isinstance(node, ast.Attribute))
        once += sum(
            node.name.startswith("_") and not node.name.endswith("_") and mentions[node.name] == 1
            for node in nodes
            if isinstance(node, ast.FunctionDef) and not node.decorator_list
        )
    return round(1000 * once / sum(len(_lines(path)) for path in paths), 1)


def _unusual(paths: list[Path]) -> list[str]:
    """Return the module names with a word that is not in the list."""
    names = {path.stem for path in paths} - {"__init__", "__main__"}
    known = USUAL | {f"{word}s" for word in USUAL} | {word.removesuffix("s") for word in USUAL}
    return sorted(name for name in names if not {re.sub(r"\d+", "", word) for word in name.split("_")} <= known)


def _circular(root: Path) -> set[str]:
    """Return the rooms from which imports lead back to them through others."""
    names = {module_name(path, root) for path in sources(root)}
    leads: dict[str, set[str]] = {}
    for path in sources(root):
        own = _room(module_name(path, root))
        found = {_room(name) for _, name in imports(path) if name in names or name.rpartition(".")[0] in names}
        leads.setdefault(own, set()).update(found - {own, *PACKAGES})
    return {room for room in leads if room in _reachable(room, leads)}


def _reachable(room: str, leads: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    ahead = set(leads[room])
    while ahead:
        found |= ahead
        ahead = {further for each in ahead for further in leads.get(each, ())} - found
    return found


def _room(module: str) -> str:
    known = room_of(module)
    return known[1] if known else ".".join(module.split(".")[:2])


if __name__ == "__main__":
    run(lambda: main(*map(Path, sys.argv[1:2])))
