"""The commands that start no job, by name; what each needs is loaded when it is called."""

import argparse
from collections.abc import Callable, Mapping
from dataclasses import replace

from engine.cli.manage import run_id
from engine.workspace import Workspace


def _read(workspace: Workspace, given: argparse.Namespace) -> int:
    from engine.cli.read import ReadRequest, read

    names = (name for name in vars(given) if name in ReadRequest.__dataclass_fields__)
    request = ReadRequest(**{name: getattr(given, name) for name in names})
    run = request.run if given.bundle else run_id(workspace, request.run, locator=False)
    return read(workspace, replace(request, run=run, locator=run_id(workspace, request.locator, locator=True)))


def _locate(workspace: Workspace, given: argparse.Namespace) -> int:
    from engine.cli.locate import locate

    run = given.run if given.bundle else run_id(workspace, given.run, locator=True)
    return locate(workspace, given.images, run, given.bundle, given.level, given.side)


def _export_model(workspace: Workspace, given: argparse.Namespace) -> int:
    from engine.cli.export_model import export_model

    return export_model(workspace, given)


def _send_export(workspace: Workspace, given: argparse.Namespace) -> int:
    from engine.cli.export_model import send_export

    return send_export(workspace, given.export, given.to)


def _export_runs(workspace: Workspace, given: argparse.Namespace) -> int:
    from engine.cli.tracking import export_runs

    return export_runs(workspace, given.runs, given.output)


def _send_runs(workspace: Workspace, given: argparse.Namespace) -> int:
    from engine.cli.tracking import send

    return send(workspace, given.runs, given.to, given.experiment, given.file)


def _export_labels(workspace: Workspace, given: argparse.Namespace) -> int:
    from engine.cli.labels import export_labels

    return export_labels(workspace, given.transcript, given.output)


def _give_labels(workspace: Workspace, given: argparse.Namespace) -> int:
    from engine.cli.labels import give_labels_of

    return give_labels_of(workspace, given.transcript, given.file)


def _storage(workspace: Workspace, given: argparse.Namespace) -> int:
    from engine.cli.storage import storage

    return storage(workspace, hold=given.hold)


def _fonts(workspace: Workspace, given: argparse.Namespace) -> int:
    from engine.cli.fonts import fonts

    return fonts(workspace, given.action)


DIRECT: Mapping[str, Callable[[Workspace, argparse.Namespace], int]] = {
    "read": _read,
    "locate": _locate,
    "export-model": _export_model,
    "send-export": _send_export,
    "export-runs": _export_runs,
    "send-runs": _send_runs,
    "export-labels": _export_labels,
    "give-labels": _give_labels,
    "storage": _storage,
    "fonts": _fonts,
}
"""Functions that do a command with its arguments and return its exit code. All raise GlyphlabError."""
