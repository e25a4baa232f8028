"""Arguments of the commands that start no job, such as read, export-runs and storage."""

import argparse
from pathlib import Path
from typing import Any

from engine.cli.manage import FONT_ACTIONS, listed
from engine.config.documents import DOCUMENT_FORMAT_NAMES
from engine.tracking import DEFAULT_EXPERIMENT, RUN_FILES
from engine.workspace import STARTER
from glyphlab_read.images.open import FORMAT_NAMES

PARSER_STYLE: dict[str, Any] = {"formatter_class": argparse.RawDescriptionHelpFormatter, "allow_abbrev": False}

_HELP = {
    "read": "print the texts in images, photos and PDF pages, or write them as hOCR, ALTO, PAGE or PDF",
    "locate": "print where photos hold text",
    "extend": "let a sweep start more runs",
    "train-longer": "train the best settings of a sweep for longer, as an ordinary run",
    "send-export": "put the archive of a dataset's or a model's export into a bucket, s3:// or gs://",
    "storage": "examine the file system of the workspace: what does not hold there, and whether machines share it",
    "fonts": "list the font packs of this machine, check their faces",
    "export-model": "write a run's reader or locator, or both, as one file that opens without the lab",
    "export-runs": "write a table of runs, settings, figures and times, as CSV or Parquet",
    "export-labels": "write a table of a transcript's images, to confirm or correct what was read in them",
    "give-labels": "keep what such a table says; of a table with a fault nothing is kept",
    "send-runs": "send runs, their settings and curves to an MLflow server; what it has already is not sent again",
}


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """Add these commands to a parser's, with the arguments that all commands have in `common`."""
    _add_read(commands, common)
    _add_locate(commands, common)
    _add_export_model(commands, common)
    _add_export_runs(commands, common)
    _add_extend(commands, common)
    _add_train_longer(commands, common)
    _add_send_runs(commands, common)
    _add_send_export(commands, common)
    _add_labels(commands, common)
    _add_storage(commands, common)
    _add_fonts(commands, common)


def _command(commands: Any, common: argparse.ArgumentParser, name: str) -> argparse.ArgumentParser:
    """Add a command whose own help opens with the words that the list of commands has for it."""
    help = _HELP[name]
    return commands.add_parser(name, parents=[common], help=help, description=f"{help}.", allow_abbrev=False)


def _add_read(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = _command(commands, common, "read")
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help=f"{FORMAT_NAMES} images, and PDF files")
    content_help = "what images show: a word that was cut out, or a whole page or photo [default: told by the size]"
    parser.add_argument("--content", choices=("auto", "word", "page"), default="auto", help=content_help)
    format_help = "write one file of all pages in place of a table [default: told by the ending of --output]"
    parser.add_argument("--format", choices=DOCUMENT_FORMAT_NAMES, help=format_help)
    parser.add_argument("--output", type=Path, metavar="FILE", help="where it is written [default: standard output]")
    parser.add_argument(
        "--locator",
        default=STARTER,
        metavar="RUN",
        help="a locator's run: its id, name, or latest [default: the starter]",
    )
    parser.add_argument(
        "--level", choices=("word", "line"), default="word", help="what is read at once [default: word]"
    )
    side_help = "longer side at which pages are searched: more finds smaller text [default: the locator's]"
    parser.add_argument("--side", type=int, metavar="PX", help=side_help)
    direction_help = "of writing: left to right, right to left, top to bottom [default: told by the text]"
    parser.add_argument("--direction", choices=("ltr", "rtl", "ttb"), help=direction_help)
    beam_help = "beam search of words: follow K texts at once and print the K best [default: 0, greedy]"
    parser.add_argument("--beam", type=int, default=0, metavar="K", help=beam_help)
    _add_bundle(parser, "reader")


def _add_locate(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = _command(commands, common, "locate")
    parser.add_argument("images", nargs="+", type=Path, metavar="IMAGE", help=f"{FORMAT_NAMES} files")
    parser.add_argument("--level", choices=("word", "line"), default="word", help="what boxes enclose [default: word]")
    side_help = "longer side at which photos are seen: more finds smaller text [default: the locator's]"
    parser.add_argument("--side", type=int, metavar="PX", help=side_help)
    _add_bundle(parser, "locator")


def _add_export_model(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = _command(commands, common, "export-model")
    parser.add_argument("run", metavar="RUN", help="a run's id, name, or latest; or starter")
    parser.add_argument("--locator", metavar="RUN", help="beside a reader: a run that finds text, or starter")
    parser.add_argument("--name", default="", help="name of the model [default: the run's]")
    parser.add_argument("--licence", default="", help="terms of use, such as Apache-2.0 [default: none is stated]")
    examples_help = "a reader's validation images that go along with their readings [default: 5]"
    parser.add_argument("--examples", type=int, default=5, metavar="N", help=examples_help)
    output_help = (
        "where it is written, in place of a file that is there, also s3:// and gs:// (docs/buckets.md) "
        "[default: NAME.zip here, unless that is there already]"
    )
    parser.add_argument("--output", metavar="FILE", help=output_help)


def _add_export_runs(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = _command(commands, common, "export-runs")
    _add_runs(parser)
    output_help = "a name that ends in .csv or .parquet; a file that is there is replaced [default: runs.csv]"
    parser.add_argument("--output", type=Path, default=Path("runs.csv"), metavar="FILE", help=output_help)


def _add_send_runs(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = _command(commands, common, "send-runs")
    _add_runs(parser)
    parser.add_argument("--to", required=True, metavar="ADDRESS", help="of the server, such as http://localhost:5000")
    experiment_help = f"the experiment there that gets them [default: {DEFAULT_EXPERIMENT}]"
    parser.add_argument("--experiment", default=DEFAULT_EXPERIMENT, metavar="NAME", help=experiment_help)
    files = " or ".join(f"{name} ({what})" for name, what in RUN_FILES.items())
    files_help = f"a file of each run that goes along; may be repeated: {files}"
    parser.add_argument("--file", action="append", default=[], choices=RUN_FILES, metavar="WHAT", help=files_help)


def _add_runs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("runs", nargs="*", metavar="RUN", help="a run's id, name, or latest [default: all runs]")


def _add_extend(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = _command(commands, common, "extend")
    _add_sweep(parser)
    parser.add_argument("runs", type=int, metavar="N", help="runs that it may start beyond those it has")
    parser.add_argument("--detach", action="store_true", help="return at once instead of following the sweep")


def _add_train_longer(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = _command(commands, common, "train-longer")
    _add_sweep(parser)
    factor_help = "times as long as that run took, from the beginning [default: 3]"
    parser.add_argument("factor", type=float, nargs="?", default=3.0, metavar="TIMES", help=factor_help)
    parser.add_argument("--detach", action="store_true", help="return at once instead of following the run")


def _add_sweep(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sweep", metavar="SWEEP", help="its id, the end of it, its name, or latest")


def _add_send_export(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = _command(commands, common, "send-export")
    parser.add_argument("export", metavar="EXPORT", help="an export's id, name, or latest")
    to_help = "such as s3://bucket/words.zip; after a slash the export's own name is put"
    parser.add_argument("--to", required=True, metavar="ADDRESS", help=to_help)


def _add_labels(commands: Any, common: argparse.ArgumentParser) -> None:
    for name in ("export-labels", "give-labels"):
        parser = _command(commands, common, name)
        parser.add_argument("transcript", metavar="TRANSCRIPT", help="its id, the end of it, its name, or latest")
        if name == "give-labels":
            parser.add_argument("file", type=Path, metavar="FILE", help="the table, with tabs between its columns")
        else:
            output_help = "where it is written [default: labels- and the last six of its id, .tsv]; no file is replaced"
            parser.add_argument("--output", type=Path, metavar="FILE", help=output_help)


def _add_storage(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = _command(commands, common, "storage")
    hold_help = "hold a lock until Ctrl-C, so that this command on another machine tells whether it is seen there"
    parser.add_argument("--hold", action="store_true", help=hold_help)


def _add_fonts(commands: Any, common: argparse.ArgumentParser) -> None:
    about = {"help": _HELP["fonts"], "description": listed(FONT_ACTIONS)}
    parser = commands.add_parser("fonts", parents=[common], **about, **PARSER_STYLE)
    parser.add_argument("action", choices=FONT_ACTIONS, nargs="?", default="list", metavar="ACTION")


def _add_bundle(parser: argparse.ArgumentParser, what: str) -> None:
    source = parser.add_mutually_exclusive_group()
    source.add_argument(
        "--run", default=STARTER, help=f"a {what}'s run: its id, name, or latest [default: the starter]"
    )
    source.add_argument(
        "--bundle", type=Path, metavar="PATH", help="a bundle's folder or a model file, in the workspace"
    )
