"""The first reading of a bundle's graphs, in a child process with limits on memory and time.

A graph is data, but data that is run: a small file may ask for more memory than there is, or for a year. So a graph is
first checked by `graph_rules`, then loaded and run on grey images in a child, as images of strangers are opened there.
What was tried once is not tried again by this process, nor what this process exported itself. Bundles that another
process of ours wrote are tried, too: a folder that was copied here says of itself whatever its maker liked.
"""

import json
import resource
import struct
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from glyphlab_read.bundles.graph_rules import GraphFault, check_rules
from glyphlab_read.errors import BundleError
from glyphlab_read.sandbox import Sandbox, SandboxError, serve

MEMORY_LIMIT = 4_000_000_000  # bytes of address space: weights of 1 GB are held up to three times
CPU_LIMIT = 30  # s of the processor, for one bundle; the largest networks of ours take eight
TIMEOUT = 4.0 * CPU_LIMIT  # s, of which a busy machine may leave it a quarter

_FITS, _REFUSED = range(2)
_HEAD = struct.Struct("<I")
_tried: set[str] = set()  # keys of graphs of our own, and those of others with the shapes that they were tried with

Shapes = Mapping[str, Sequence[int]]
"""The inputs' shapes by their names: of `image` uint8, of `token` int32, of all others float32 zeros."""


def know(graphs: Mapping[str, bytes]) -> None:
    """Note that graphs were made and run by this process itself."""
    _tried.add(_key(graphs))


def admit_graphs(name: str, graphs: Mapping[str, bytes], trials: Sequence[Shapes] | None) -> None:
    """Check a bundle's graphs by the rules, and with shapes of inputs by a first run in the child, too.

    Raises:
        BundleError: as `try_graphs` does.
    """
    if trials is not None:
        try_graphs(name, graphs, trials)
        return
    try:
        for graph, content in graphs.items():
            _check_rules(graph, content)
    except GraphFault as fault:
        raise _refused(name, str(fault)) from None


def try_graphs(name: str, graphs: Mapping[str, bytes], trials: Sequence[Shapes]) -> None:
    """Run a bundle's graphs one after the other in the child; later ones get the outputs of earlier ones.

    Args:
        name: of the bundle, for messages.
        graphs: the ONNX files' bytes by graph name, in the order in which they are run.
        trials: shapes of the inputs that no earlier graph returns, one for each run: the smallest and the largest that
            there will be, as others say nothing about what those take.

    Raises:
        BundleError: a graph holds what no graph of ours does, cannot be run, or needs too much.
    """
    key = _key(graphs)
    with_trials = f"{key}\n{json.dumps(trials)}"  # another manifest of the same graphs may ask for larger inputs
    if not _tried.isdisjoint((key, with_trials)):
        return
    child = Sandbox("glyphlab_read.bundles.first_run", TIMEOUT)
    head = json.dumps({"graphs": {each: len(content) for each, content in graphs.items()}, "trials": trials}).encode()
    try:
        kind, answer = child.ask(b"".join([_HEAD.pack(len(head)), head, *graphs.values()]))
    except SandboxError:
        raise BundleError(
            f"Trying the networks of bundle {name!r} took over {CPU_LIMIT} s of the processor or over "
            f"{MEMORY_LIMIT / 1e9:.0f} GB of memory, so they are not used. Choose another step, or let the run export "
            "again."
        ) from None
    finally:
        child.close()  # bundles are opened seldom, and it holds a library of 100 MB
    if kind != _FITS:
        raise _refused(name, answer.decode())
    _tried.add(with_trials)


def _check_rules(name: str, content: bytes) -> None:
    try:
        check_rules(content)
    except GraphFault as fault:
        raise GraphFault(f"{name}.onnx is refused, as {fault}") from None


def _refused(name: str, fault: str) -> BundleError:
    return BundleError(f"Bundle {name!r} is not used: {fault}. Choose another step, or let the run export again.")


def _key(graphs: Mapping[str, bytes]) -> str:
    hashes = [f"{name} {sha256(content).hexdigest()}" for name, content in sorted(graphs.items())]
    return "\n".join(hashes)


def _answer(request: bytes) -> tuple[int, bytes]:
    """Try graphs: the child's side."""
    try:
        _run(request)
    except Exception as error:  # ONNX Runtime's share no other base, and whatever it is, the bundle is not used
        return _REFUSED, " ".join(str(error).split())[:300].encode()
    return _FITS, b""


def _run(request: bytes) -> None:
    import numpy as np  # here, so that opening bundles needs no child's libraries

    from glyphlab_read.bundles.session import open_session

    (length,) = _HEAD.unpack_from(request)
    start = _HEAD.size + length
    head: dict[str, Any] = json.loads(request[_HEAD.size : start])
    sessions = {}
    for name, size in head["graphs"].items():
        content = request[start : start + size]
        start += size
        _check_rules(name, content)
        sessions[name] = open_session(name, content, threads=1)
    kinds = {"image": np.uint8, "token": np.int32}
    for shapes in head["trials"]:
        values = {name: np.zeros(shape, kinds.get(name, np.float32)) for name, shape in shapes.items()}
        for session in sessions.values():
            inputs = {node.name: values[node.name] for node in session.get_inputs() if node.name in values}
            rows = max(map(len, inputs.values()), default=0)
            # What an earlier graph made of an image is repeated for each text that is followed, as beam search does.
            alike = {name: value.repeat(rows // len(value), axis=0) for name, value in inputs.items()}
            outputs = session.run(None, alike)
            values |= dict(zip((node.name for node in session.get_outputs()), outputs, strict=True))


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT, CPU_LIMIT))
    serve(_answer, MEMORY_LIMIT, TIMEOUT)
