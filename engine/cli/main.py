"""`python -m engine`: everything that the pages do, from a terminal, with the same configs and the same jobs.

Errors that a user can fix are reported in one line on stderr, with exit code 2. A job that did not finish gives 1.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine import jobs
from engine.cli import flags
from engine.cli.arguments import PARSER_STYLE, add_commands
from engine.cli.follow import follow
from engine.cli.manage import ACTIONS, find, listed, manage, run_id
from engine.cli.presets import merged, presets, resolve_recipe, start_values
from engine.cli.variations import combinations, parse_flag, run_name, total_words
from engine.config.base import Config
from engine.config.diff import flatten
from engine.config.exporting import ModelConversionConfig
from engine.config.fitting import FitConfig
from engine.config.importing import ImportConfig, SourceConfig
from engine.config.reading import TranscribeConfig
from engine.config.scene_importing import SceneImportConfig
from engine.config.train import RunConfig
from engine.errors import ConfigError, GlyphlabError
from engine.jobs import KINDS, Kind
from engine.jobs.write_faults import told_write_faults
from engine.parsing import MAX_SETTINGS_BYTES, parse_settings
from engine.workspace import COLLECTIONS, STARTER, Collection, Workspace, is_id
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
    "trial-locator": "try the first steps of such a run",
    "evaluate": "score a reader on a dataset or a folder of labelled images",
    "evaluate-locator": "score a locator on a dataset of scenes",
    "evaluate-pages": "score a locator and a reader together on a dataset of scenes whose texts are known",
    "transcribe": "read all images of a folder or zip file into a table",
    "fit": "fit a recipe to real crops or photos: the numbers of its looks are searched until it draws words like them",
    "read-pages": "read all photos and PDF pages of a folder, zip or file: text in reading order, and one PDF",
    "adapt": "from photos without labels to a reader of them: fit, draw, learn, ask, and say what was gained",
    "export": "write a dataset in the layout of another program",
    "export-scenes": "write a dataset of scenes in the layout of another program",
    "convert-model": "write a run's reader in the format of other programs, where it reads there as it does here",
}
_EPILOG = """\
a first round:
  python -m engine generate --preset starter --images 10000 --name letters
  python -m engine train --dataset letters --preset "five minutes"
  python -m engine read --run latest word.png
  python -m engine read scan.pdf --format pdf --output searchable.pdf

Every command that works for long is a job: it goes on when this terminal closes, and the dashboard shows it too.
six runs over seeds, as one group:
  python -m engine train --dataset letters --vary learning_rate=0.003,0.0005 --vary seed=0..2
  python -m engine train --dataset letters --start_from starter

--detach returns at once; `runs list`, `runs follow latest` and `runs stop latest` find it again.
"""
_SETTINGS = """\
Settings are flags with dots: --reader.decoder attention, --recipe.looks.0.skew 5 (N below is a place in a list, from
0). Lists and groups as a whole are YAML or JSON: --recipe.looks.0.fonts '["latin/Lato-Regular"]'. Flags override
--config, that overrides --preset, and that the defaults. A wrong value is reported with its rule before the start.
"""
_LEFT_ALONE = 130  # by a second Ctrl-C
_REFERENCES: dict[str, Collection] = {
    "dataset": "datasets",
    "run": "runs",
    "locator": "runs",
    "start_from": "runs",
    "transcript": "transcripts",
}


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
    given = _parser().parse_args(words)
    workspace = Workspace(given.workspace.resolve()) if given.workspace else Workspace.default()
    with told_write_faults(workspace):
        return _do(workspace, kind, given, assigned)


def _do(workspace: Workspace, kind: Kind | None, given: argparse.Namespace, assigned: list[tuple[str, str]]) -> int:
    if kind is not None:
        return _launch(workspace, kind, given, assigned)
    if given.command == "read":
        from engine.cli.read import ReadRequest, read  # only this command waits for ONNX Runtime to load

        names = (name for name in vars(given) if name in ReadRequest.__dataclass_fields__)
        request = ReadRequest(**{name: getattr(given, name) for name in names})
        run = request.run if given.bundle else run_id(workspace, request.run)
        return read(workspace, replace(request, run=run, locator=run_id(workspace, request.locator)))
    if given.command == "locate":
        from engine.cli.locate import locate  # likewise

        run = given.run if given.bundle else run_id(workspace, given.run)
        return locate(workspace, given.images, run, given.bundle, given.level, given.side)
    if given.command == "export-model":
        from engine.cli.export_model import export_model  # likewise

        return export_model(workspace, given)
    if given.command == "export-runs":
        from engine.cli.tracking import export_runs

        return export_runs(workspace, given.runs, given.output)
    if given.command == "fonts":
        from engine.cli.fonts import fonts

        return fonts(workspace, given.action)
    return manage(workspace, given.command, given.action, given.job)


def _launch(workspace: Workspace, kind: Kind, given: argparse.Namespace, assigned: list[tuple[str, str]]) -> int:
    if kind.collection == "runs" and given.vary:
        return _launch_group(workspace, kind, given, assigned)
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

        config = ready(workspace, config)
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


def _launch_group(workspace: Workspace, kind: Kind, given: argparse.Namespace, assigned: list[tuple[str, str]]) -> int:
    """Start a run for each combination of the varied settings, and follow one after another."""
    wanted = combinations([parse_flag(kind.config, text) for text in given.vary])
    configs = [build(workspace, kind, given.preset, given.config, [*assigned, *pairs]) for pairs in wanted]
    names = [run_name(given.name, pairs) for pairs in wanted]
    ids = jobs.launch_group(workspace, kind.name, list(zip(names, configs, strict=True)))
    sys.stdout.write(f"{total_words([config for config in configs if isinstance(config, RunConfig)])}\n")
    for id, name in zip(ids, names, strict=True):
        sys.stdout.write(f"{kind.noun} {id} {name}\n")
    sys.stdout.flush()
    code = 0
    for id, name in zip(ids, names, strict=True) if not given.detach else ():
        sys.stdout.write(f"{name}\n")
        code = max(code, follow(workspace, kind.collection, id))
        if code == _LEFT_ALONE:
            break
    return code


def build(
    workspace: Workspace, kind: Kind, preset: str | None, file: Path | None, assigned: list[tuple[str, str]]
) -> Config:
    """Return the config of a preset, overridden by a file, overridden by flags. Raises GlyphlabError."""
    given = _read_values(file) if file else {}
    values = merged(start_values(kind.config, kind.name, preset), given)
    for path, text in assigned:
        flags.assign(kind.config, values, path, text)
    resolve_recipe(workspace, kind.config, values)
    for key, collection in _REFERENCES.items():
        named = values.get(key)
        if key in kind.config.model_fields and isinstance(named, str) and not is_id(named) and named != STARTER:
            values[key] = find(workspace, collection, named).id
    if "folder" in kind.config.model_fields and values.get("folder"):
        values["folder"] = str(Path(values["folder"]).resolve())  # the job works in another folder than this terminal
    if issubclass(kind.config, SourceConfig):
        from engine.cli.importing import resolve_source

        resolve_source(workspace, values)
    if values.get("start_from") and issubclass(kind.config, RunConfig):
        _take_network(workspace, kind.config, values, {*flatten(given), *(path for path, _ in assigned)})
    return kind.config.parse(values)


def _take_network(workspace: Workspace, config: type[RunConfig], values: dict[str, Any], named: set[str]) -> None:
    """Give a network the shape of the one that it starts from, but for settings that were named."""
    from engine.evaluation.starters import parent_network  # only these runs wait for the image libraries to load

    network = "reader" if "reader" in config.model_fields else "locator"
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m engine", description="Glyphlab: train your own text readers.", epilog=_EPILOG, **PARSER_STYLE
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--workspace", type=Path, metavar="DIR", help="the artifacts root [default: artifacts here]")
    for kind in KINDS.values():
        _add_kind(commands, common, kind)
    add_commands(commands, common)
    for collection in COLLECTIONS:
        _add_collection(commands, common, collection)
    return parser


def _add_kind(commands: Any, common: argparse.ArgumentParser, kind: Kind) -> None:
    parser = commands.add_parser(
        kind.name,
        parents=[common],
        help=_HELP[kind.name],
        description=f"{_HELP[kind.name]}.\n\n{_SETTINGS}",
        epilog=f"settings:\n{flags.describe(kind.config)}",
        **PARSER_STYLE,
    )
    known = ", ".join(f'"{name}"' for name in presets(kind.name))
    parser.add_argument("--name", default="", help="a label for people")
    parser.add_argument("--detach", action="store_true", help="return at once instead of following the job")
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings from a YAML or JSON file")
    parser.add_argument("--preset", metavar="NAME", help=f"settings to start from: {known or 'there are none'}")
    if kind.collection == "runs":
        vary = "several values of a setting, a run for each: learning_rate=0.003,0.0005 or seed=0..2; may be repeated"
        parser.add_argument("--vary", action="append", metavar="SETTING=VALUES", help=vary)
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
    parser.add_argument("job", nargs="?", default="latest", help="its id, the end of it, its name, or latest (default)")
