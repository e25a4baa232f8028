"""MATLAB files, read in a child process with limits on memory and time: their variables as lists, numbers and texts."""

import json
import warnings
from io import BytesIO
from typing import Any

from engine.errors import SourceError
from glyphlab_read.parsing import ParseFault, parse_json
from glyphlab_read.sandbox import Sandbox, SandboxError, serve

MAX_MATLAB_BYTES = 64_000_000
_MEMORY = 2_500_000_000  # bytes of address space, the libraries' included
_SECONDS = 30.0  # for one file
_READ, _REFUSED = range(2)
_sandbox = Sandbox("engine.datasets.scenes.importing.matlab_sandbox", _SECONDS)


def read_matlab(name: str, content: bytes) -> dict[str, Any]:
    """Return the variables of a MATLAB file of version 4 to 7: cells and arrays as lists, texts as strings.

    Raises:
        SourceError: it is none, holds what is not read, or takes too much memory or time.
    """
    try:
        kind, answer = _sandbox.ask(content)
    except SandboxError:
        kind, answer = _REFUSED, f"it takes over {_SECONDS:.0f} s or {_MEMORY / 1e9:.1f} GB".encode()
    try:
        values = parse_json(answer) if kind == _READ else None
    except ParseFault as error:
        values, answer = None, str(error).encode()
    if not isinstance(values, dict):
        raise SourceError(
            f"{name!r} is no MATLAB file that is read ({answer.decode()[:200]}). Save it by save -v7, or in parts."
        )
    return values


def _plain(value: Any) -> Any:
    """Return a value of scipy's as JSON types; what is neither cells, numbers nor texts becomes none."""
    import numpy as np

    if isinstance(value, np.ndarray):
        if value.dtype == object:
            return [_plain(each) for each in value]
        return value.tolist() if value.dtype.kind in "iufUb" else None
    return value if isinstance(value, str | int | float) else None


def _answer(content: bytes) -> tuple[int, bytes]:
    from scipy.io import loadmat

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            values = loadmat(BytesIO(content))
        plain = {name: _plain(value) for name, value in values.items() if not name.startswith("__")}
        return _READ, json.dumps(plain).encode()
    except MemoryError:
        return _REFUSED, b"it takes too much memory"
    except Exception as error:
        return _REFUSED, f"{type(error).__name__}: {error}"[:200].encode(errors="replace")


if __name__ == "__main__":
    serve(_answer, _MEMORY, _SECONDS)
