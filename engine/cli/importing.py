"""Helpers of the import command: sources as typed in a terminal, and the report without an import.

A person at this terminal may read any file here, but the job goes by the server's rules: a folder must be below a data
root, a zip file may be taken in from anywhere.
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from engine.config.importing import ImportConfig
from engine.config.scene_importing import SceneImportConfig
from engine.datasets.importing import ImportReport, Problem, make_report, scan_source
from engine.datasets.scenes.importing.report import SceneReport, make_scene_report
from engine.datasets.scenes.importing.scan import scan_scenes
from engine.errors import SourceError
from engine.sources.locate import locate, save_upload
from engine.workspace import Workspace, is_id

_EXAMPLES = 3


def resolve_source(workspace: Workspace, values: dict[str, Any]) -> None:
    """Turn a path of this terminal into one that the job finds, and a zip file that is to be uploaded into its id.

    Raises:
        SourceError: there is no such file, it is not below a data root, or the archive is not safe.
    """
    path, upload = values.get("path"), values.get("upload")
    if isinstance(path, str) and path:
        here = Path(path)
        values["path"] = str(locate(workspace, str(here.resolve()) if here.exists() else path))
    if isinstance(upload, str) and not is_id(upload):
        try:
            with open(upload, "rb") as stream:
                values["upload"] = save_upload(workspace, stream, Path(upload).name).id
        except OSError as error:
            raise SourceError(f"{upload[:200]!r} cannot be read ({error.strerror}). Give a zip file.") from None


def print_report(workspace: Workspace, config: ImportConfig | SceneImportConfig) -> None:
    """Scan the source of a config and print what an import would do."""
    if isinstance(config, SceneImportConfig):
        sys.stdout.write(describe_scenes(make_scene_report(scan_scenes(workspace, config), config)))
    else:
        sys.stdout.write(describe(make_report(scan_source(workspace, config), config)))
    if config.upload is not None:
        sys.stdout.write(f"The archive is kept for a day: import it with --upload {config.upload}\n")


def describe(report: ImportReport) -> str:
    """Return a report on an import of words as text."""
    lines = [*_head(report, "images"), f"{len(report.charset)} characters, labels of up to {report.max_length}"]
    if report.leaks:
        lines.append(f"{report.leaks:,} texts are in more than one split")
    return "\n".join([*lines, *_problem_lines(report.problems)]) + "\n"


def describe_scenes(report: SceneReport) -> str:
    """Return a report on an import of scenes as text."""
    levels = ", ".join(f"{count:,} {level}s" for level, count in report.levels.items())
    lines = [*_head(report, "photos"), f"{report.regions:,} regions, {report.ignored:,} of them do not count: {levels}"]
    lines += [report.refusal] if report.refusal else []
    return "\n".join([*lines, *_problem_lines(report.problems)]) + "\n"


def _head(report: ImportReport | SceneReport, unit: str) -> list[str]:
    of = f" (looked at {report.scanned:,} of {report.listed:,})" if report.scanned < report.listed else ""
    counts = ", ".join(f"{count:,} {split}" for split, count in report.counts.items())
    return [
        f"{report.title}: {report.format_title}",
        f"{report.accepted:,} of {report.scanned:,} {unit} come in{of}: {counts}",
    ]


def _problem_lines(problems: Iterable[Problem[Any]]) -> Iterator[str]:
    for problem in problems:
        rule = f" [--rules.{problem.rule} {problem.choice}: {problem.choices[problem.choice]}]" if problem.rule else ""
        yield f"{problem.count:,} {problem.title}{rule}"
        for example in problem.examples[:_EXAMPLES]:
            yield f"    {example.name}  {example.label}  {example.detail}".rstrip()
