"""Helpers of the import command: sources as typed in a terminal, and the report before and after an import.

A person at this terminal may read any file here, but the job goes by the server's rules: a folder must be below a data
root, a zip file may be taken in from anywhere.
"""

import contextlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from engine.cli.follow import counting_line
from engine.commands import engine_command
from engine.config.importing import ImportConfig
from engine.config.scene_importing import SceneImportConfig
from engine.datasets.importing import make_report, scan_source
from engine.datasets.scenes.importing.report import make_scene_report
from engine.datasets.scenes.importing.scan import scan_scenes
from engine.errors import SourceError
from engine.files import read_json
from engine.jobs import paths
from engine.sources.buckets import fetch, is_bucket_address
from engine.sources.locate import locate, save_upload
from engine.workspace import Workspace, is_id

_EXAMPLES = 3


def resolve_source(workspace: Workspace, values: dict[str, Any]) -> None:
    """Turn a path of this terminal into one that the job finds, and a zip file that is to be uploaded into its id.

    What lies at an address of a bucket is fetched, and becomes an upload, too.

    Raises:
        SourceError: there is no such file, it is not below a data root, or the archive is not safe.
    """
    for name in ("path", "upload"):
        if isinstance(values.get(name), str) and is_bucket_address(values[name]):
            values["upload"] = fetch(workspace, values.pop(name), counting_line("fetching")).id
    path, upload = values.get("path"), values.get("upload")
    if isinstance(path, str) and path:
        values["path"] = str(_located(workspace, path))
    if isinstance(upload, str) and not is_id(upload):
        try:
            stream = open(upload, "rb")  # noqa: SIM115  closed below: what goes wrong there is no fault of this file
        except OSError as error:
            raise SourceError(f"{upload[:200]!r} cannot be read ({error.strerror}). Give a zip file.") from None
        with stream:
            values["upload"] = save_upload(workspace, stream, Path(upload).name).id


def _located(workspace: Workspace, path: str) -> Path:
    """Return the real path of a source that is named from this folder or, failing that, from a data root."""
    here = Path(path)
    if here.exists():
        try:
            return locate(workspace, str(here.resolve()))
        except SourceError:
            with contextlib.suppress(SourceError):  # the folder of which a copy of the same name is in a data root
                found = locate(workspace, path)
                print(f"{here} lies outside the data roots; taken is {found}.", file=sys.stderr)
                return found
            raise
    return locate(workspace, path)


def print_report(workspace: Workspace, config: ImportConfig | SceneImportConfig) -> None:
    """Scan the source of a config and print what an import would do."""
    if isinstance(config, SceneImportConfig):
        report = make_scene_report(scan_scenes(workspace, config), config)
    else:
        report = make_report(scan_source(workspace, config), config)
    sys.stdout.write(describe(report.plain()))
    if config.upload is not None:
        sys.stdout.write(f"The archive is kept for a day: import it with --upload {config.upload}\n")


def print_outcome(folder: Path) -> None:
    """Print the report that an import left in its folder; nothing where it did not get so far."""
    with contextlib.suppress(FileNotFoundError):
        sys.stdout.write(describe(read_json(folder / paths.IMPORT_REPORT) | {"refusal": ""}))  # the job said it


def print_ways_on(folder: Path) -> None:
    """Say where the table of a transcript lies, given its folder, and how it becomes a dataset."""
    sys.stdout.write(
        f"The table: {folder / paths.READINGS_CSV}\n"
        "Correct it on the page Read, under Label; what was confirmed there becomes a dataset by\n"
        f"  {engine_command(f'import --transcript {folder.name}')}\n"
        "and with --texts read also what nobody looked at. Or correct the table, put it beside the images, and import "
        "their folder.\n"
    )


def describe(report: Mapping[str, Any]) -> str:
    """Return a report on an import, given as its JSON values, as text."""
    return "\n".join([*_head(report), *_problem_lines(report["problems"]), *_refusal(report)]) + "\n"


def _head(report: Mapping[str, Any]) -> Iterator[str]:
    scenes = "regions" in report
    scanned, written = report["scanned" if scenes else "looked"], report["format_title" if scenes else "written"]
    of = f" (looked at {scanned:,} of {report['listed']:,})" if scanned < report["listed"] else ""
    counts = ", ".join(f"{count:,} {split}" for split, count in report["counts"].items())
    yield f"{report['title']}: {written}"
    yield f"{report['accepted']:,} of {scanned:,} {'photos' if scenes else 'images'} come in{of}: {counts}"
    if scenes:
        levels = ", ".join(f"{count:,} {level}s" for level, count in report["levels"].items())
        yield f"{report['regions']:,} regions, {report['ignored']:,} of them do not count: {levels}"
        if texts := report.get("texts"):
            yield f"{texts:,} of them say their text: `import --scenes cut` cuts words out, `--scenes lines` lines"
        return
    yield f"{len(report['characters'])} different characters, labels of up to {report['max_length']} characters"
    if report["leaks"]:
        yield f"{report['leaks']:,} texts are in more than one split"


def _problem_lines(problems: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    for problem in problems:
        rule = f" [--rules.{problem['rule']} {problem['choice']}: {problem['chosen']}]" if problem["rule"] else ""
        yield f"{problem['count']:,} {problem['title']}{rule}"
        for example in problem["examples"][:_EXAMPLES]:
            yield f"    {example['name']}  {example['label']}  {example['detail']}".rstrip()


def _refusal(report: Mapping[str, Any]) -> list[str]:
    return [report["refusal"]] if report.get("refusal") else []
