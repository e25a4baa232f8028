"""All that is known of runs as one table, a row a run: settings, figures and times, as CSV or Parquet.

Columns are the union of what the runs have: `settings.` and `figures.` with their dotted paths, as the config and the
summary name them. A list is its JSON text. Curves are not in it (`engine.tracking.curves`); nothing is computed here.
"""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from engine.config.diff import flatten
from engine.jobs import Job, paths
from engine.jobs.records import Exit, optional_record
from engine.labels import visible
from engine.sources.spreadsheet import escape_formula
from engine.tables import parquet_bytes

_TIME = pa.timestamp("ms", "UTC")
_TYPES: Mapping[type, pa.DataType] = {
    bool: pa.bool_(),
    int: pa.int64(),
    float: pa.float64(),
    str: pa.string(),
    datetime: _TIME,
}


def runs_table(runs: Sequence[Job]) -> pa.Table:
    """Return the table of runs, in their order. Times are UTC, durations seconds, shares 0 to 1."""
    rows = [_row(run) for run in runs]
    names = dict.fromkeys(name for row in rows for name in row)
    return pa.table({name: _column([row.get(name) for row in rows]) for name in names})


def as_csv(table: pa.Table) -> bytes:
    """Write a table as CSV in UTF-8; no spreadsheet takes a cell for a formula, and no text hides what is beside it."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(map(_cell, table.column_names))
    writer.writerows([_cell(value) for value in row.values()] for row in table.to_pylist())
    return buffer.getvalue().encode()


FORMS: Mapping[str, Callable[[pa.Table], bytes]] = {"csv": as_csv, "parquet": parquet_bytes}
"""The ways to write a table, by the ending of the file."""


def ended(run: Job) -> datetime | None:
    """Return when a run ended; None for one that is live, or died without a word."""
    end = optional_record(run.folder / paths.EXIT, Exit)
    return end.finished.astimezone(UTC) if end else None


def _row(run: Job) -> dict[str, Any]:
    own = {
        "id": run.id,
        "number": run.number,
        "name": run.name,
        "kind": run.kind,
        "state": run.state.value,
        "message": run.message,
        "created": run.created.astimezone(UTC),
        "ended": ended(run),
        "seconds": run.seconds,
        "device": run.device,
        "group": run.group,
        "starred": run.notes.starred,
        "archived": run.notes.archived,
        "tags": list(run.notes.tags),
        "note": run.notes.text,
    }
    settings = {f"settings.{path}": value for path, value in flatten(run.config).items() if path}
    figures = {f"figures.{path}": value for path, value in flatten(run.summary).items() if path}
    return own | settings | figures


def _column(values: Sequence[Any]) -> pa.Array:
    """Return values as an array of one type: numbers stay numbers, a mixture and lists become texts."""
    kinds = {type(value) for value in values if value is not None}
    kind = float if kinds == {int, float} else next(iter(kinds)) if len(kinds) == 1 else str
    try:
        return pa.array(values, _TYPES[kind])
    except (KeyError, pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):  # lists; mixtures; integers of 30 digits
        texts = (value if value is None or isinstance(value, str) else json.dumps(value) for value in values)
        return pa.array(list(texts), pa.string())


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape_formula(visible(value)) if isinstance(value, str) else value
