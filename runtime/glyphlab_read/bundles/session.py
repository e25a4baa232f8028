"""Graphs in ONNX Runtime, on the CPU. Nothing is read but the bytes that were checked."""

import os

import onnxruntime

from glyphlab_read.errors import BundleError


def giving_back() -> onnxruntime.RunOptions:
    """Return the options of a run in a session with an arena that gives back what the run took."""
    options = onnxruntime.RunOptions()
    options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return options


def open_session(name: str, content: bytes, threads: int, arena: bool = False) -> onnxruntime.InferenceSession:
    """Load a graph; several threads may run it at once.

    Args:
        name: of the graph.
        content: the ONNX file's bytes, already checked.
        threads: cores that one call may use.
        arena: whether tensors share memory by a plan, which needs less of it at once where they are large, but keeps it
            for each shape that was seen unless a run gives it back (`giving_back`).

    Raises:
        BundleError: it cannot be run.
    """
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = options.enable_mem_pattern = arena
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # idle sessions must not burn a core
    # Weights may be named in a file beside the graph, which no hash of ours covers: look where nothing can be.
    options.add_session_config_entry("session.model_external_initializers_file_folder_path", os.devnull)
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's exceptions share no base but Exception
        raise BundleError(
            f"{name}.onnx cannot be run ({str(error)[:120]}). Choose another step, or let the run export again."
        ) from None
