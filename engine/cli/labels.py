"""The commands `export-labels` and `give-labels`: what people say of the images of a transcript, as a table.

What is given is checked as a page checks it, and all of it before any of it is kept.
"""

import shlex
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from engine.adaptation.requests import LabelRequest, judging, request_for
from engine.cli.manage import find
from engine.cli.output import write_output
from engine.commands import engine_command
from engine.datasets.importing.formats.dialects import Dialect, quotes_of
from engine.errors import ConfigError, JobError, SourceError
from engine.formatting import count
from engine.jobs import Job
from engine.labels import visible
from engine.sources.labelling import (
    SETTLED,
    ImageLabel,
    LabelState,
    checked_label,
    confidence_of,
    give_labels,
    labels_of,
    readings_of,
)
from engine.sources.spreadsheet import escape_formula, unescape_formula
from engine.workspace import Workspace
from glyphlab_read.parsing import ParseFault, read_regular

_COLUMNS = ("image", "read", "confidence", "text", "state")
_STATES: Mapping[str, LabelState | None] = {"": None, "right": "right", "out": "out"}
_MOST = 64_000_000  # bytes of a table
_HOW = (
    "Type what an image says into the column text; where text stays empty, `right` in the column state takes what was "
    "read, and `out` leaves the image out. Lines without either say nothing. Then"
)


def export_labels(workspace: Workspace, name: str, output: Path | None) -> int:
    """Write a table of a transcript's images, the asked ones first, then the least sure, and say how it is given back.

    Raises:
        ConfigError: the file is there already, or cannot be written.
        JobError: there is no such transcript, or it has read nothing yet.
        SourceError: names of images cannot be told apart in a table.
        SpaceError: the disk is full.
    """
    job = find(workspace, "transcripts", name)
    rows, asked = _by_cell(job), request_for(workspace, job.id)
    output = output or Path(f"labels-{job.id[-6:]}.tsv")
    if output.exists():
        raise ConfigError(f"{str(output)[:200]!r} is there already and may hold labels. Name another by --output.")
    labels, blank = labels_of(job.folder), judging(workspace, job.id)
    wanted = asked.images if asked else frozenset()
    ordered = sorted(rows, key=lambda cell: (rows[cell]["image"] not in wanted, confidence_of(rows[cell])))
    lines = [_COLUMNS, *(_cells(cell, rows[cell], labels.get(rows[cell]["image"]), blank=blank) for cell in ordered)]
    write_output(output, "".join("\t".join(line) + "\n" for line in lines).encode())
    judge = " They judge, so it does not say what a reader reads in them." if blank else ""
    sys.stdout.write(f"{output}: {count(len(ordered), 'images')}{_first(asked)}.{judge}\n{_HOW}\n")
    sys.stdout.write(f"  {engine_command(f'give-labels {job.id} {shlex.quote(str(output))}')}\n")
    return 0


def give_labels_of(workspace: Workspace, name: str, file: Path) -> int:
    """Keep what a table says of a transcript's images; of a table with a fault nothing is kept.

    Raises:
        JobError: there is no such transcript.
        SourceError: the table cannot be read, or a line of it is wrong.
        SpaceError: the disk is full.
    """
    job = find(workspace, "transcripts", name)
    rows, before = _by_cell(job), labels_of(job.folder)
    blank = judging(workspace, job.id)
    said = [label for label in _said(file, rows, blank=blank) if label is not None]
    new = [label for label in said if not _is_known(label, before)]
    give_labels(job.folder, new)
    right = sum(label.state == "right" for label in new)
    out = len(new) - right
    sys.stdout.write(
        f"{count(right, 'images')} labelled, {count(out)} left out, {count(len(said) - len(new))} as they were.\n"
    )
    if asked := request_for(workspace, job.id):
        sys.stdout.write(f"{asked.done} of {asked.wanted} that {visible(asked.adaptation.name)!r} asks for are done.\n")
    return 0


def _first(asked: LabelRequest | None) -> str:
    if asked is None:
        return ""
    name = visible(asked.adaptation.name)
    return (
        f", first the {asked.wanted} that {name!r} asks for" if asked.images else f"; {name!r} asks for {asked.wanted}"
    )


def _by_cell(job: Job) -> dict[str, Mapping[str, Any]]:
    """Return the rows of a transcript by their names as a table shows them. Raises JobError, SourceError."""
    rows = readings_of(job.folder)
    if not rows:
        raise JobError(f"The transcript {job.name!r} is {job.state.words} and has read no image yet. Wait for it.")
    cells = {escape_formula(visible(image)): row for image, row in rows.items()}
    if len(cells) < len(rows):
        seen = Counter(escape_formula(visible(image)) for image in rows)
        raise SourceError(
            f"{seen.most_common(1)[0][0]!r} is how several images look in a table. Label them on the page Read › Label."
        )
    return cells


def _cells(cell: str, row: Mapping[str, Any], label: ImageLabel | None, *, blank: bool) -> tuple[str, ...]:
    read = "" if blank else escape_formula(visible(str(row.get("text") or "")))
    sure = "" if blank or row.get("confidence") is None else f"{confidence_of(row):.4f}"
    if label is None or label.state not in SETTLED:  # what is typed on a page just now is not confirmed yet
        return cell, read, sure, "", ""
    return cell, read, sure, escape_formula(label.text) if label.state == "right" else "", label.state


def _said(file: Path, rows: Mapping[str, Mapping[str, Any]], *, blank: bool) -> list[ImageLabel | None]:
    """Return what each line of a table says, None for nothing. Raises SourceError, with the line's number."""
    lines = _lines(file)
    table = list(Dialect("\t", quotes_of(lines, "\t")).rows(lines))
    heads = [head.strip().casefold() for head in table[0][2]] if table else []
    if not {"image", "text"} <= set(heads):
        raise SourceError(
            f"{file.name[:200]!r} begins with {', '.join(heads)[:200] or 'nothing'}: its first line needs the headings "
            f"{', '.join(_COLUMNS)}, with tabs between. Write such a table with export-labels."
        )
    at: dict[str, int] = {}
    said: list[ImageLabel | None] = []
    for number, _, cells in table[1:]:
        line = dict(zip(heads, cells, strict=False))
        image = line.get("image", "")
        if image in at:
            raise SourceError(f"Line {number}: {image[:200]!r} is on line {at[image]} already. Leave one of the two.")
        at[image] = number
        if image not in rows:
            raise SourceError(
                f"Line {number}: {image[:200]!r} is no image of this transcript; export-labels writes their names. "
                "Correct the name, or delete the line."
            )
        try:
            said.append(_label(line, rows[image], blank=blank))
        except SourceError as error:
            raise SourceError(f"Line {number}, {image[:200]}: {error}") from None
    return said


def _label(line: Mapping[str, str], row: Mapping[str, Any], *, blank: bool) -> ImageLabel | None:
    given = line.get("state", "").strip().casefold()
    if given not in _STATES:
        raise SourceError(f"{given[:80]!r} is no state: it is right, out or empty. Correct it.")
    state, text = _STATES[given], unescape_formula(line.get("text", "").strip())
    if not text and state == "right" and not blank:
        text = str(row.get("text") or "")
    state = state or ("right" if text else None)
    if state is None:
        return None
    return checked_label(ImageLabel(str(row["image"]), text, state, str(row.get("sha256") or "")))


def _lines(file: Path) -> Sequence[str]:
    try:
        return read_regular(file, _MOST).decode("utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise SourceError(f"{file.name[:200]!r} is not written in UTF-8. Save it as UTF-8 text.") from None
    except OSError as error:
        raise SourceError(f"{file.name[:200]!r} cannot be read ({error.strerror}). Give the table's name.") from None
    except ParseFault as fault:
        raise SourceError(f"{file.name[:200]!r} cannot be read ({fault}). Give a table by export-labels.") from None


def _is_known(label: ImageLabel, before: Mapping[str, ImageLabel]) -> bool:
    known = before.get(label.image)
    return known is not None and known.state == label.state and (label.state == "out" or known.text == label.text)
