"""`python -m engine`: everything that the pages do, from a terminal, with the same configs and the same jobs.

Errors that a user can fix are reported in one line on stderr, with exit code 2. A job that did not finish gives 1.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine import jobs
from engine.cli.arguments import PARSER_STYLE, add_commands
from engine.cli.direct import DIRECT
from engine.cli.follow import follow
from engine.cli.manage import ACTIONS, find, listed, manage
from engine.cli.presets import merged, presets, resolve_recipe, start_values
from engine.cli.references import put_ids, with_ids
from engine.cli.storage import tell_storage_faults
from engine.commands import engine_command
from engine.config import flags
from engine.config.base import Config
from engine.config.diff import flatten
from engine.config.exporting import ModelConversionConfig
from engine.config.fitting import FitConfig
from engine.config.importing import ImportConfig, SourceConfig
from engine.config.reading import TranscribeConfig
from engine.config.run import RunConfig
from engine.config.scene_importing import SceneImportConfig
from engine.config.sweeping import BaseSweepConfig
from engine.config.variations import parse_flag, total_words
from engine.errors import ConfigError, GlyphlabError
from engine.jobs import KINDS, Kind
from engine.jobs.write_faults import told_write_faults
from engine.parsing import MAX_SETTINGS_BYTES, parse_settings
from engine.sweeps.control import extend, start_sweep, train_longer
from engine.workspace import COLLECTIONS, Collection, Workspace
from glyphlab_read.processes import write_to_any_terminal

_HELP = {
    "generate": "make a dataset of synthetic images by a recipe",
    "generate-scenes": "make a dataset of synthetic photos with text, and where it is",
    "import": "make a dataset of images and labels that are there already",
    "import-scenes": "make a dataset of photos whose text is outlined already",
    "edit": "make a new version of a dataset: labels corrected, samples left out",
    "edit-scenes": "make a new version of a dataset of scenes: regions changed or left out, scenes left out",
    "label-scenes": "make a dataset of scenes whose text a locator outlines",
    "train": "train a reader on a dataset",
    "trial": "try the first steps of a run: time, memory, and the batch that suits",
    "train-locator": "train a network that finds text in photos",
    "trial-locator": "try the first steps of a locator's run: time, memory, and the batch that suits",
    "evaluate": "score a reader on a dataset or a folder of labelled images",
    "evaluate-locator": "score a locator on a dataset of scenes",
    "evaluate-pages": "score a locator and a reader together on a dataset of scenes whose texts are known",
    "transcribe": "read all images of a folder or zip file into a table",
    "fit": "fit a recipe to real crops or photos: the numbers of its looks are searched until it draws words like them",
    "read-pages": "read all photos and PDF pages of a folder, zip or file: text in reading order, and a PDF",
    "sweep": "train many readers that differ in some settings: a grid, at random, or where earlier ones did well",
    "sweep-locator": "train many locators that differ in some settings: by a grid, at random, or by a search",
    "adapt": "make a reader of photos that have no labels: fit, draw, learn, ask, and say what was gained",
    "export": "write a dataset in the layout of another program",
    "export-scenes": "write a dataset of scenes in the layout of another program",
    "convert-model": "write a run's reader in the format of other programs, where it reads there as it does here",
}
_WORKSPACE_HELP = "folder of all datasets and runs [default: GLYPHLAB_WORKSPACE, else artifacts in the checkout]"
_EPILOG = """\
a first round:
  %(prog)s generate --preset starter --images 10000 --name letters
  %(prog)s train --dataset letters --preset "five minutes"
  %(prog)s read --run latest word.png
  %(prog)s read scan.pdf --format pdf --output searchable.pdf

six runs over settings and seeds, and sixteen where earlier ones did well (a sweep):
  %(prog)s train --dataset letters --vary learning_rate=0.003,0.0005 --vary seed=0..2
  %(prog)s sweep --run.dataset letters --vary "learning_rate=0.0003..0.01 log" --strategy tpe --runs 16
a run that goes on from the starter:
  %(prog)s train --dataset letters --start_from starter
a recipe's texts in another language:
  %(prog)s generate --preset "scene text, various" --language fr --name "French signs"
on a Ray cluster or in a Slurm queue, as launchers.yaml of the workspace sets them up (docs/ray.md, docs/slurm.md):
  %(prog)s train --dataset letters --on slurm --gpus 1

Every command that works for long is a job: it goes on when this terminal closes, and the dashboard shows it too.
--detach returns at once; `runs list`, `runs follow latest` and `runs stop latest` find it again.
"""
_SETTINGS = """\
Settings are flags with dots: --reader.decoder attention, --recipe.looks.0.skew 5 (N below is a place in a list, from
0). Lists and groups as a whole are YAML or JSON: --recipe.looks.0.fonts '["latin/Lato-Regular"]'. Where an id is asked,
the name of a job or latest does, too. A wrong value is reported with its rule before the start.
"""
_ORDER = "Flags override --config, and that the defaults."
_ORDER_OF_PRESETS = """\
Flags override --config, that overrides --preset, and that the defaults; readers without a preset begin with the first.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    write_to_any_terminal()
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        return _run(words)
    except GlyphlabError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that Python's own flush at exit is quiet
        return 0


def _run(words: list[str]) -> int:
    kind = KINDS.get(words[0]) if words else None
    assigned: list[tuple[str, str]] = []
    if kind is not None:
        assigned, words = flags.split(kind.config, words)
    given = command_parser().parse_args(words)
    workspace = Workspace(given.workspace.resolve()) if given.workspace else Workspace.default()
    with told_write_faults(workspace):
        return _do(workspace, kind, given, assigned)


def _do(workspace: Workspace, kind: Kind | None, given: argparse.Namespace, assigned: list[tuple[str, str]]) -> int:
    if kind is not None:
        tell_storage_faults(workspace)
        return _launch(workspace, kind, given, assigned)
    if given.command in DIRECT:
        return DIRECT[given.command](workspace, given)
    if given.command == "extend":
        sweep = find(workspace, "sweeps", given.sweep)
        extend(workspace, sweep, given.runs)
        return 0 if given.detach else follow(workspace, "sweeps", sweep.id)
    if given.command == "train-longer":
        run = train_longer(workspace, find(workspace, "sweeps", given.sweep), given.factor)
        sys.stdout.write(f"run {run}\n")
        sys.stdout.flush()
        return 0 if given.detach else follow(workspace, "runs", run)
    return manage(workspace, given.command, given.action, given.job)


def _launch(workspace: Workspace, kind: Kind, given: argparse.Namespace, assigned: list[tuple[str, str]]) -> int:
    if kind.collection == "runs" and given.vary:
        run = build(workspace, kind, given.preset, given.config, assigned)
        kind = KINDS[kind.name.replace("train", "sweep")]
        return _sweep(workspace, kind, given, {**start_values(kind.config, kind.name, None), "run": run.plain()})
    if kind.collection == "sweeps":
        return _sweep(workspace, kind, given, sweep_values(workspace, kind, given.preset, given.config, assigned))
    if kind.config is ModelConversionConfig and given.taken:
        assigned = [*assigned, ("run", given.taken)]
    if kind.config is FitConfig and given.crops:
        assigned = [*assigned, ("path", given.crops)]
    config = build(workspace, kind, given.preset, given.config, assigned)
    if isinstance(config, ImportConfig | SceneImportConfig) and given.look:
        from engine.cli.importing import print_report  # only imports wait for the image libraries to load

        print_report(workspace, config)
        return 0
    if "recipe" in kind.config.model_fields:
        from engine.cli.fonts import ready  # only these wait for the image libraries to load

        config = ready(workspace, config, given.language)
    id = jobs.launch(workspace, kind.name, config, name=given.name)
    sys.stdout.write(f"{kind.noun} {id}\n")
    sys.stdout.flush()
    if given.detach:
        return 0
    code = follow(workspace, kind.collection, id)
    if isinstance(config, ImportConfig | SceneImportConfig):
        from engine.cli.importing import print_outcome

        print_outcome(workspace.folder(kind.collection, id))
    if isinstance(config, TranscribeConfig) and code == 0:
        from engine.cli.importing import print_ways_on

        print_ways_on(workspace.folder(kind.collection, id))
    return code


def _sweep(workspace: Workspace, kind: Kind, given: argparse.Namespace, values: dict[str, Any]) -> int:
    """Start a sweep over what `--vary` names and the values hold, and follow it."""
    run: Any = kind.config.model_fields["run"].annotation
    space = values.get("space", [])
    if isinstance(space, list):  # else the config says what it should be
        space = [*space, *(parse_flag(run, text).plain() for text in given.vary or ())]
        space = [with_ids(workspace, run, one) for one in space]
    config = kind.config.parse({**values, "space": space})
    if not isinstance(config, BaseSweepConfig):
        raise ConfigError(f"{kind.name} is no sweep.")
    id = start_sweep(workspace, config, name=given.name)
    if config.strategy == "grid" and config.runs is None:
        sys.stdout.write(f"{total_words([config.run_with(one) for one in config.grid] * config.seeds)}\n")
    sys.stdout.write(f"{kind.noun} {id}\n")
    sys.stdout.flush()
    return 0 if given.detach else follow(workspace, kind.collection, id)


def sweep_values(
    workspace: Workspace, kind: Kind, preset: str | None, file: Path | None, assigned: list[tuple[str, str]]
) -> dict[str, Any]:
    """Return the plain values of a sweep, whose run is built as one alone is. Raises GlyphlabError."""
    given = _read_values(file) if file else {}
    values = merged(start_values(kind.config, kind.name, preset), given)
    for path, text in assigned:
        flags.assign(kind.config, values, path, text)
    run = KINDS[kind.name.replace("sweep", "train")].config
    named = {*flatten(given.get("run", {})), *(path.removeprefix("run.") for path, _ in assigned)}
    _resolve(workspace, run, values["run"], named)
    return values


def build(
    workspace: Workspace, kind: Kind, preset: str | None, file: Path | None, assigned: list[tuple[str, str]]
) -> Config:
    """Return the config of a preset, overridden by a file, overridden by flags. Raises GlyphlabError."""
    given = _read_values(file) if file else {}
    values = merged(start_values(kind.config, kind.name, preset), given)
    for path, text in assigned:
        flags.assign(kind.config, values, path, text)
    resolve_recipe(workspace, kind.config, values)
    _resolve(workspace, kind.config, values, {*flatten(given), *(path for path, _ in assigned)})
    if "folder" in kind.config.model_fields and values.get("folder"):
        values["folder"] = str(Path(values["folder"]).resolve())  # the job works in another folder than this terminal
    if issubclass(kind.config, SourceConfig):
        from engine.cli.importing import resolve_source

        resolve_source(workspace, values)
    return kind.config.parse(values)


def _resolve(workspace: Workspace, cls: type[Config], values: Any, named: set[str]) -> None:
    """Put ids in the place of names; give a run the network that it starts from. Raises GlyphlabError.

    Values that are no settings at all, as those of `--run latest`, stay for the config to judge.
    """
    if not isinstance(values, dict):
        return
    put_ids(workspace, cls, values)
    if values.get("start_from") and issubclass(cls, RunConfig):
        _take_network(workspace, cls, values, named)


def _take_network(workspace: Workspace, config: type[RunConfig], values: dict[str, Any], named: set[str]) -> None:
    """Give a network the shape of the one that it starts from, but for settings that were named."""
    from engine.evaluation.starters import parent_network  # only these runs wait for the image libraries to load

    network = "reader" if "reader" in config.model_fields else "locator"
    if not isinstance(values[network], dict):  # the config says what it should be
        return
    taken = parent_network(workspace, config, values["start_from"])
    values[network] |= {name: value for name, value in taken.items() if f"{network}.{name}" not in named}


def _read_values(file: Path) -> dict[str, Any]:
    try:
        with open(file, "rb") as opened:  # a pipe of the shell is a file, too
            values = parse_settings(opened.read(MAX_SETTINGS_BYTES + 1).decode())
    except (OSError, ValueError) as error:
        raise ConfigError(
            f"{file.name!r} cannot be read as YAML or JSON ({error}). Save a config to see one."
        ) from None
    if not isinstance(values, dict):
        raise ConfigError(f"{file.name!r} holds no settings. A config file has lines such as `images: 10000`.")
    return values


def command_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands, which knows no setting of a job: those are taken out before."""
    parser = argparse.ArgumentParser(
        prog=engine_command(), description="Glyphlab: train your own text readers.", epilog=_EPILOG, **PARSER_STYLE
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--workspace", type=Path, metavar="DIR", help=_WORKSPACE_HELP)
    for kind in KINDS.values():
        _add_kind(commands, common, kind)
    add_commands(commands, common)
    for collection in COLLECTIONS:
        _add_collection(commands, common, collection)
    return parser


def _add_kind(commands: Any, common: argparse.ArgumentParser, kind: Kind) -> None:
    known = ", ".join(f'"{name}"' for name in presets(kind.name))
    parser = commands.add_parser(
        kind.name,
        parents=[common],
        help=_HELP[kind.name],
        description=f"{_HELP[kind.name]}.\n\n{_SETTINGS}{_ORDER_OF_PRESETS if known else _ORDER}",
        epilog=f"settings:\n{flags.describe(kind.config)}",
        **PARSER_STYLE,
    )
    parser.add_argument("--name", default="", help="a label for people")
    parser.add_argument("--detach", action="store_true", help="return at once instead of following the job")
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings from a YAML or JSON file")
    if known:
        parser.add_argument("--preset", metavar="NAME", help=f"settings to start from: {known}")
    parser.set_defaults(preset=None)
    if kind.collection in ("runs", "sweeps"):
        vary = "several values of a setting: learning_rate=0.003,0.0005, seed=0..2; or a range: "
        vary += "'learning_rate=0.0003..0.01 log'; may be repeated. The runs are a sweep"
        parser.add_argument("--vary", action="append", metavar="SETTING=VALUES", help=vary)
    if "recipe" in kind.config.model_fields:
        language_help = "put all texts of the recipe into a language, such as fr, ru or el [default: as it is]"
        parser.add_argument("--language", metavar="ID", help=language_help)
    if kind.config is ModelConversionConfig:
        parser.add_argument("taken", nargs="?", metavar="RUN", help="the run: its id, its name, latest or starter")
    if kind.config is FitConfig:
        crops_help = "the same as --path: a folder or zip file of crops or photos, below a data root"
        parser.add_argument("--crops", metavar="FOLDER", help=crops_help)
    if kind.config in (ImportConfig, SceneImportConfig):
        parser.add_argument("--look", action="store_true", help="report what would be imported, and import nothing")


def _add_collection(commands: Any, common: argparse.ArgumentParser, collection: Collection) -> None:
    parser = commands.add_parser(
        collection,
        parents=[common],
        help=f"{', '.join(ACTIONS)} {collection}",
        description=listed(ACTIONS),
        **PARSER_STYLE,
    )
    parser.add_argument("action", choices=ACTIONS, metavar="ACTION")
    parser.add_argument(
        "job", nargs="?", default="latest", metavar="JOB", help="its id, the end of it, its name, or latest (default)"
    )
