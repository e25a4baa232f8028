"""One graph of a bundle in ONNX Runtime, on the CPU, with nothing read but the bytes that were checked.

This module knows neither bundles nor readers.
"""

import os

import onnxruntime

from engine.errors import BundleError


def open_session(name: str, content: bytes, threads: int) -> onnxruntime.InferenceSession:
    """Load graph `name` from an ONNX file's bytes, for `threads` cores. Raises BundleError when it cannot be run."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")  # idle readers must not burn a core
    # Weights may be named in a file beside the graph, which no hash of ours covers: look where nothing can be.
    options.add_session_config_entry("session.model_external_initializers_file_folder_path", os.devnull)
    try:
        return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's exceptions share no base but Exception
        raise BundleError(
            f"{name}.onnx cannot be run ({str(error)[:120]}). Choose another step, or let the run export again."
        ) from None
