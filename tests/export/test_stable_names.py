"""Equal networks make equal files, whatever numbers the translation gave to what it added."""

import random

import numpy as np
import onnx
import onnxruntime
import pytest

from engine.export.stable_names import name_by_first_use
from tests.helpers.tiny_bundles import graphs


def renumbered(content: bytes, seed: int) -> onnx.ModelProto:
    """Return a graph with the numbers and the order of constants that another process may give."""
    model, chance = onnx.load_from_string(content), random.Random(seed)
    graph = model.graph
    kept = {value.name for value in (*graph.input, *graph.output)}
    names: dict[str, str] = {}

    def other(name: str) -> str:
        return name if not name or name in kept else names.setdefault(name, f"{name}__{chance.randrange(10**6)}:0")

    for node in graph.node:
        node.input[:], node.output[:] = map(other, node.input), map(other, node.output)
    constants = [onnx.TensorProto.FromString(constant.SerializeToString()) for constant in graph.initializer]
    chance.shuffle(constants)
    for constant in constants:
        constant.name = other(constant.name)
    del graph.initializer[:]
    graph.initializer.extend(constants)
    for size in graph.output[0].type.tensor_type.shape.dim[:1]:
        size.dim_param = f"unk__{chance.randrange(10**6)}"
    graph.doc_string = f"converted from {chance.random()}"
    return model


GRAPHS = {f"{kind} {name}": content for kind in ("ctc", "attention") for name, content in graphs(kind).items()}


@pytest.mark.parametrize("content", GRAPHS.values(), ids=GRAPHS)
def test_numbers_of_another_process_change_nothing(content: bytes):
    model = name_by_first_use(renumbered(content, 1))
    onnx.checker.check_model(model)
    assert model.SerializeToString() == name_by_first_use(renumbered(content, 2)).SerializeToString()
    before = onnx.load_from_string(content)
    for values in ("input", "output"):
        assert [each.name for each in getattr(before.graph, values)] == [
            each.name for each in getattr(model.graph, values)
        ]


def test_a_graph_computes_as_before():
    content = graphs("ctc")["network"]
    image = np.random.default_rng(0).integers(0, 255, (2, 32, 64, 3), np.uint8)
    results = []
    for each in (content, name_by_first_use(renumbered(content, 3)).SerializeToString()):
        session = onnxruntime.InferenceSession(each, providers=["CPUExecutionProvider"])
        (given,) = session.get_inputs()
        results.append(session.run(None, {given.name: image[..., : given.shape[-1]]})[0])
    assert np.array_equal(*results)


def test_a_graph_with_another_inside_stays_as_it_is():
    inner = onnx.helper.make_graph([], "inner", [], [])
    node = onnx.helper.make_node("If", ["x"], ["y"], then_branch=inner, else_branch=inner)
    graph = onnx.helper.make_graph([node], "outer", [], [])
    model = onnx.helper.make_model(graph)
    assert name_by_first_use(onnx.ModelProto.FromString(model.SerializeToString())) == model
