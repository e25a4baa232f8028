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
from engine.cli.direct import DIRECT
from engine.cli.follow import follow
from engine.cli.manage import find, manage
from engine.cli.parser import command_parser
from engine.cli.presets import merged, resolve_recipe, start_values
from engine.cli.references import put_ids, with_ids
from engine.cli.storage import tell_storage_faults
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
from engine.workspace import Workspace
from glyphlab_read.processes import write_to_any_terminal


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
    given = command_parser(kind if {"-h", "--help"} & set(words) else None).parse_args(words)
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
        assigned = _with(assigned, "run", given.taken, "RUN")
    if kind.config is FitConfig and given.crops:
        assigned = _with(assigned, "path", given.crops, "--crops")
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


def _with(assigned: list[tuple[str, str]], path: str, text: str, shown: str) -> list[tuple[str, str]]:
    """Return settings with one that was given by another name. Raises ConfigError where both were, and differ."""
    other = next((value for name, value in assigned if name == path and value != text), None)
    if other is not None:
        raise ConfigError(f"{shown} is {text!r} and --{path} is {other!r}, which mean the same. Give one of them.")
    return [*assigned, (path, text)]


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
        if path == "recipe":
            flags.assign(kind.config, values, path, text)
    resolve_recipe(workspace, kind.config, values)
    for path, text in assigned:
        if path != "recipe":  # these change parts of it, in whatever order they were given
            flags.assign(kind.config, values, path, text)
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
