"""Where the time of a training step goes: `python -m bench.training_profile [--run FILE] [--width PX] [--steps N]`.

Takes steps of the starter's network, or of the run that a YAML file describes, on random images of one width, on the
CPU under TensorFlow. Prints the machine, with the peak of a matrix multiplication measured in this very process, before
the steps and after them; the operations of a step, counted by TensorFlow in a graph of fixed sizes; the seconds per
step, their median, and those of the processor; the share of the peak that these come to; and the time by kind of
operation, in which those that run side by side are added up.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bench.command import run
from bench.machine import matmul_gflops
from engine.config.train import TrainConfig
from engine.errors import ConfigError
from engine.machine import processor
from engine.training.device import precision_for, prepare_environment

_RUN = Path(__file__).parent / "starter" / "run.yaml"
_CHARACTERS, _LENGTH = 94, 6  # of the charset, and of each text
_FIRST_STEPS = 3  # build the graph and fill caches
_TRACED = 5  # steps; the trace of more is large
_MOST = 15  # kinds of operations that are listed


def main(arguments: list[str] | None = None) -> None:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(prog="python -m bench.training_profile", description=__doc__)
    parser.add_argument("--run", type=Path, default=_RUN, help="a YAML file of settings (default: the starter's)")
    parser.add_argument("--set", default="{}", help="more settings, as YAML")
    parser.add_argument("--width", type=int, default=160, help="of the images, px (default: 160)")
    parser.add_argument("--steps", type=int, default=20, help="that are timed (default: 20)")
    options = parser.parse_args(arguments)
    settings = {**yaml.safe_load(options.run.read_text()), **yaml.safe_load(options.set)}
    config = TrainConfig.parse({**settings, "dataset": "0" * 26, "device": "cpu"})
    os.environ["CUDA_VISIBLE_DEVICES"] = ""
    prepare_environment("cpu")
    _profile(config, options.width, options.steps)


def _profile(config: TrainConfig, width: int, steps: int) -> None:
    import keras

    from engine.training.trainer import Trainer

    if keras.backend.backend() != "tensorflow":
        backend = keras.backend.backend()
        raise ConfigError(
            f"Operations are counted under TensorFlow, and the backend is {backend}. Unset KERAS_BACKEND."
        )
    precision = precision_for(config.precision, ())
    trainer, batch = Trainer(config, _CHARACTERS + 1, precision), _batch(config, width)
    before = matmul_gflops(precision)
    for _ in range(_FIRST_STEPS):
        trainer.train_step(batch, config.learning_rate)
    worked = time.process_time()
    seconds = statistics.median(_seconds(trainer, batch, config) for _ in range(steps))
    worked = (time.process_time() - worked) / steps
    kinds = _time_by_kind(trainer, batch, config)
    peak = max(before, matmul_gflops(precision))
    learning, updating = _operations(config, batch, precision)
    rate = (learning + updating) / seconds / 1e9
    print(f"Machine: {processor()}; matrix multiplication {peak:,.0f} GFLOP/s in {precision}")
    print(
        f"{config.reader.encoder} + {config.reader.decoder}, scale {config.reader.scale:g}, {trainer.parameters:,} "
        f"parameters, {config.optimiser}: {config.batch} images of {config.reader.height} × {width} px per step"
    )
    print(f"- operations per step: {learning / 1e9:.1f} GFLOP of the network, {updating / 1e9:.1f} of the optimiser")
    print(
        f"- seconds per step: {seconds:.4f} ({config.batch / seconds:,.0f} images/s), {worked:.4f} of the processor's"
    )
    print(f"- rate: {rate:,.0f} GFLOP/s, {rate / peak:.0%} of the peak\n")
    _print_kinds(kinds)


def _batch(config: TrainConfig, width: int) -> Any:
    """Return a batch of random images and texts."""
    from engine.models.losses import encode_targets, teacher_tokens
    from engine.training.prefetch import Batch

    rng, reader = np.random.default_rng(0), config.reader
    image = rng.integers(0, 256, (config.batch, reader.height, width, reader.channels), dtype=np.uint8)
    frames = np.full(config.batch, reader.time_steps_at(width), np.int32)
    texts = [rng.integers(0, _CHARACTERS, _LENGTH).astype(np.int32) for _ in range(config.batch)]
    targets = encode_targets(texts, frames)
    tokens = teacher_tokens(targets, _CHARACTERS) if reader.decoder == "attention" else None
    return Batch(image, targets, frames, np.arange(config.batch), tokens)


def _seconds(trainer: Any, batch: Any, config: TrainConfig) -> float:
    began = time.perf_counter()
    trainer.train_step(batch, config.learning_rate)
    return time.perf_counter() - began


def _operations(config: TrainConfig, batch: Any, precision: Any) -> tuple[int, int]:
    """Return the floating-point operations of a step: of the network both ways with its loss, and of the optimiser."""
    import tensorflow as tf

    from engine.models.losses import mean_loss
    from engine.models.network import build_network
    from engine.training.trainer import make_optimiser

    network = build_network(config.reader, _CHARACTERS + 1, precision=precision)
    optimiser, weights = make_optimiser(config), network.training.trainable_variables
    optimiser.build(weights)

    def learn(inputs: Any, targets: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = mean_loss(config.reader.decoder, targets, network.training(inputs, training=True))
        return tape.gradient(loss, [weight.value for weight in weights])

    def whole(inputs: Any, targets: Any) -> None:
        optimiser.apply(learn(inputs, targets), weights)

    learning, both = (_counted(tf.function(step), batch) for step in (learn, whole))
    return learning, both - learning


def _counted(step: Any, batch: Any) -> int:
    """Return the operations in a function's graph for batches of just this size."""
    import tensorflow as tf

    inputs = {name: tf.constant(value) for name, value in batch.inputs.items()}
    graph = step.get_concrete_function(inputs, tf.constant(batch.targets)).graph
    options = tf.compat.v1.profiler.ProfileOptionBuilder(
        tf.compat.v1.profiler.ProfileOptionBuilder.float_operation()
    ).with_empty_output()
    return tf.compat.v1.profiler.profile(graph, options=options.build()).total_float_ops


def _time_by_kind(trainer: Any, batch: Any, config: TrainConfig) -> Mapping[str, float]:
    """Return the seconds of a step's operations by their kind, those that run side by side added up."""
    import tensorflow as tf
    from tensorflow.tsl.profiler.protobuf import xplane_pb2

    with tempfile.TemporaryDirectory() as folder:
        tf.profiler.experimental.start(folder)
        for _ in range(_TRACED):
            trainer.train_step(batch, config.learning_rate)
        tf.profiler.experimental.stop()
        (path,) = Path(folder).rglob("*.xplane.pb")
        space: Any = xplane_pb2.XSpace.FromString(path.read_bytes())  # pyright: ignore[reportAttributeAccessIssue]
    seconds: defaultdict[str, float] = defaultdict(float)
    for plane in space.planes:
        for line in plane.lines:
            for event in line.events:
                name, parted, kind = plane.event_metadata[event.metadata_id].name.rpartition(":")
                if parted and not name.endswith(":") and kind.isidentifier():  # "a::b" is a function of C++
                    seconds[kind] += event.duration_ps / 1e12 / _TRACED
    return seconds


def _print_kinds(kinds: Mapping[str, float]) -> None:
    total = sum(kinds.values())
    print("| kind of operation | ms per step, added up | share |\n| --- | ---: | ---: |")
    for kind in sorted(kinds, key=lambda one: -kinds[one])[:_MOST]:
        print(f"| {kind} | {1000 * kinds[kind]:.2f} | {kinds[kind] / total:.0%} |")


if __name__ == "__main__":
    run(main)
