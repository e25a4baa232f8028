"""Parser of the command line: every command with its help, in which a job's settings stand as declared.

Settings are no arguments of it: `engine.config.flags` takes them out before. This module starts nothing.
"""

import argparse
import textwrap
from pathlib import Path
from typing import Any

from engine.cli.arguments import PARSER_STYLE, add_commands
from engine.cli.manage import ACTIONS, listed
from engine.cli.presets import presets
from engine.commands import engine_command
from engine.config import flags
from engine.config.exporting import ModelConversionConfig
from engine.config.fitting import FitConfig
from engine.config.importing import ImportConfig
from engine.config.scene_importing import SceneImportConfig
from engine.jobs import KINDS, Kind
from engine.workspace import COLLECTIONS, Collection

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
_IDS = "Where an id is asked, the name of a job or latest does, too. A wrong value is reported before the start."
_RECIPE = """\
  --recipe NAME                   A preset, or a saved recipe by its name or id; the flags below change it.
"""
_ORDER = "Flags override --config, and that the defaults."
_ORDER_OF_PRESETS = """\
Flags override --config, that overrides --preset, and that the defaults; readers without a preset begin with the first.
"""


def command_parser(shown: Kind | None = None) -> argparse.ArgumentParser:
    """Return the parser of all commands.

    Args:
        shown: the kind of job whose settings its own help lists; listing those of all takes longer than most commands.
    """
    parser = argparse.ArgumentParser(
        prog=engine_command(), description="Glyphlab: train your own text readers.", epilog=_EPILOG, **PARSER_STYLE
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--workspace", type=Path, metavar="DIR", help=_WORKSPACE_HELP)
    for kind in KINDS.values():
        _add_kind(commands, common, kind, _settings(kind) if kind is shown else "")
    add_commands(commands, common)
    for collection in COLLECTIONS:
        _add_collection(commands, common, collection)
    return parser


def _settings(kind: Kind) -> str:
    """Return the settings of a kind of job as flags, with their help."""
    named = _RECIPE if "recipe" in kind.config.model_fields else ""
    form = textwrap.fill(f"{flags.explain(kind.config)} {_IDS}", 110, break_long_words=False, break_on_hyphens=False)
    return f"{form}\n\nsettings:\n{named}{flags.describe(kind.config)}"


def _add_kind(commands: Any, common: argparse.ArgumentParser, kind: Kind, settings: str) -> None:
    known = ", ".join(f'"{name}"' for name in presets(kind.name))
    parser = commands.add_parser(
        kind.name,
        parents=[common],
        help=_HELP[kind.name],
        description=f"{_HELP[kind.name]}.\n\n{_ORDER_OF_PRESETS if known else _ORDER}",
        epilog=settings,
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
    job_help = "its id, the end of it, its name, or latest: the newest, in the trash the last deleted "
    job_help += "[default: latest; trash and erase have none]"
    parser.add_argument("job", nargs="?", metavar="JOB", help=job_help)
