"""Graphs that somebody made to harm: refused by what they hold, or by what they need when a child first runs them."""

from collections.abc import Callable
from typing import Any

import numpy as np
import psutil
import pytest
from onnx import ModelProto, TensorProto, TrainingInfoProto, helper, numpy_helper

from engine.errors import BundleError
from engine.location.bundle import open_locator
from engine.reading.bundle import open_reader
from engine.workspace import Workspace
from glyphlab_read.bundles import first_run
from glyphlab_read.bundles.entries import describe_graphs
from glyphlab_read.bundles.first_run import try_graphs
from glyphlab_read.bundles.graph_rules import GraphFault, check_rules
from glyphlab_read.location.bundle import LOCATOR_STARTER_FOLDER
from glyphlab_read.reading.bundle import STARTER_FOLDER
from glyphlab_read.reading.preprocess import Preprocessing
from tests.helpers import tiny_bundles, tiny_locators

node = helper.make_node
INT = TensorProto.INT64
IMAGE: list[dict[str, tuple[int, ...]]] = [{"image": (1, 32, 64, 1)}]


def model(*nodes: Any, constants: dict[str, Any] | None = None, **changes: Any) -> ModelProto:
    """Return a graph from `image` to `logits`."""
    weights = [numpy_helper.from_array(np.asarray(value), name) for name, value in (constants or {}).items()]
    graph = helper.make_graph(
        list(nodes),
        "network",
        [helper.make_tensor_value_info("image", TensorProto.UINT8, ["N", 32, "W", 1])],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, None)],
        weights,
    )
    opsets = [helper.make_opsetid(domain, 17) for domain in ("", *changes.pop("domains", ()))]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8, **changes)


FLOATS = node("Cast", ["image"], ["x"], to=TensorProto.FLOAT)


def _endless() -> ModelProto:
    kept = helper.make_tensor_value_info("go", TensorProto.BOOL, [])
    body = helper.make_graph(
        [node("Identity", ["go"], ["on"])],
        "body",
        [helper.make_tensor_value_info("i", INT, []), kept],
        [helper.make_tensor_value_info("on", TensorProto.BOOL, [])],
    )
    return model(
        FLOATS, node("Loop", ["", "true"], [], body=body), node("Identity", ["x"], ["logits"]), constants={"true": True}
    )


def _branch() -> ModelProto:
    one = helper.make_graph([node("Identity", ["x"], ["y"])], "one", [], [helper.make_tensor_value_info("y", 1, None)])
    return model(FLOATS, node("If", ["true"], ["logits"], then_branch=one, else_branch=one), constants={"true": True})


def _hidden_graph() -> ModelProto:
    """Return a graph whose harmless operator holds a graph in an attribute that it does not have."""
    inner = helper.make_graph([], "inner", [], [])
    extra = helper.make_attribute("body", inner)
    relu = node("Relu", ["x"], ["logits"])
    relu.attribute.append(extra)
    return model(FLOATS, relu)


def _function() -> ModelProto:
    function = helper.make_function(
        "own", "f", ["x"], ["y"], [node("Relu", ["x"], ["y"])], [helper.make_opsetid("", 17)]
    )
    return model(FLOATS, node("f", ["x"], ["logits"], domain="own"), domains=["own"], functions=[function])


def _outside(in_attribute: bool) -> ModelProto:
    """Return a graph whose weights are /etc/passwd."""
    tensor = numpy_helper.from_array(np.zeros(4, np.float32), "w")
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="/etc/passwd")
    if in_attribute:
        return model(FLOATS, node("Constant", [], ["w"], value=tensor), node("Add", ["x", "w"], ["logits"]))
    made = model(FLOATS, node("Add", ["x", "w"], ["logits"]))
    made.graph.initializer.append(tensor)
    return made


def _sized_by_pixels(operator: str) -> ModelProto:
    """Return a graph that is small for a grey image, and for another as large as its pixels say."""
    most = [
        node("Cast", ["image"], ["whole"], to=INT),
        node("ReduceMax", ["whole"], ["most"], keepdims=0),
        node("Mul", ["most", "much"], ["size"]),
        node("Reshape", ["size", "one"], ["sizes"]),
    ]
    last = {
        "Tile": node("Tile", ["ones", "sizes"], ["logits"]),
        "Expand": node("Expand", ["ones", "sizes"], ["logits"]),
        "ConstantOfShape": node("ConstantOfShape", ["sizes"], ["logits"]),
        "Pad": node("Pad", ["ones", "sizes2"], ["logits"]),
        "Range": node("Range", ["zero", "size", "step"], ["logits"]),
        "Resize": node("Resize", ["x", "", "", "sizes"], ["logits"]),
    }[operator]
    doubled = [node("Concat", ["sizes", "sizes"], ["sizes2"], axis=0)]
    constants = {"much": 10**9, "one": [1], "zero": 0, "step": 1, "ones": np.ones(1, np.float32)}
    return model(FLOATS, *most, *doubled, last, constants=constants)


def _training() -> ModelProto:
    made = model(FLOATS)
    made.training_info.append(TrainingInfoProto())
    return made


RULES: dict[str, tuple[Callable[[], ModelProto], str]] = {
    "an endless loop": (_endless, "'Loop'"),
    "a branch": (_branch, "'If'"),
    "a graph in an attribute": (_hidden_graph, "'Relu' holds a graph"),
    "a function": (_function, "of its own"),
    "an operator of another domain": (
        lambda: model(FLOATS, node("Gelu", ["x"], ["logits"], domain="com.microsoft"), domains=["com.microsoft"]),
        "of its own",
    ),
    "a domain that is not declared": (
        lambda: model(FLOATS, node("Relu", ["x"], ["logits"], domain="com.microsoft")),
        "'Relu'",
    ),
    "random numbers": (lambda: model(node("RandomNormal", [], ["logits"], shape=[2])), "'RandomNormal'"),
    "an image decoder": (lambda: model(node("ImageDecoder", ["image"], ["logits"])), "'ImageDecoder'"),
    "a sequence": (lambda: model(node("SequenceEmpty", [], ["logits"])), "'SequenceEmpty'"),
    "weights in another file": (lambda: _outside(in_attribute=False), "inside the file"),
    "a constant in another file": (lambda: _outside(in_attribute=True), "inside the file"),
    "texts": (lambda: model(FLOATS, constants={"words": np.array(["a"], object)}), "inside the file"),
    "training": (_training, "of its own"),
    "very many nodes": (lambda: model(*[FLOATS] * 20_001), "20,001 nodes"),
    **{
        f"{name} by pixels": (lambda name=name: _sized_by_pixels(name), f"size of an output of '{name}'")
        for name in ("Tile", "Expand", "ConstantOfShape", "Pad", "Range", "Resize")
    },
}  # fmt: off


@pytest.mark.parametrize(("make", "words"), RULES.values(), ids=RULES)
def test_a_graph_that_holds_what_none_of_ours_does_is_refused(make: Callable[[], ModelProto], words: str):
    with pytest.raises(GraphFault, match=words):
        check_rules(make().SerializeToString())


def _large(*nodes: Any, **constants: Any) -> bytes:
    return model(FLOATS, *nodes, constants=constants).SerializeToString()


NEEDS = {
    "26 GB when it is loaded": _large(
        node("ConstantOfShape", ["shape"], ["zeros"]),
        node("ReduceSum", ["zeros"], ["sum"], keepdims=0),
        node("Add", ["x", "sum"], ["logits"]),
        shape=[6_500_000_000],
    ),
    "40 GB when it is run": _large(
        node("Tile", ["x", "many"], ["wide"]), node("Tile", ["wide", "many"], ["logits"]), many=[1, 1, 1, 1000]
    ),
    "a padding of 100 GB": _large(node("Pad", ["x", "pads"], ["logits"]), pads=[0, 0, 0, 0, 0, 0, 10**9, 0]),
    "an hour": _large(
        node("ReduceMax", ["x"], ["grey"], keepdims=0),
        node("Expand", ["grey", "size"], ["a"]),
        node("MatMul", ["a", "b"], ["c"]),
        *[node("MatMul", ["c" * (n - 1), "b"], ["c" * n]) for n in range(2, 99)],
        node("Identity", ["c" * 98], ["logits"]),
        size=[16, 1024, 1024],
        b=np.zeros((1024, 1024), np.float32),
    ),
    "another rank": _large(node("MatMul", ["x", "w"], ["logits"]), w=np.zeros((7, 7), np.float32)),
}


@pytest.mark.parametrize("content", NEEDS.values(), ids=NEEDS)
def test_a_graph_that_needs_too_much_is_refused_and_we_are_well(content: bytes, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(first_run, "TIMEOUT", 2.0)
    before, others = psutil.Process().memory_info().rss, {*psutil.Process().children()}
    with pytest.raises(BundleError, match=r"undle 'x'"):
        try_graphs("x", {"network": content}, IMAGE)
    assert psutil.Process().memory_info().rss - before < 100e6
    assert not {*psutil.Process().children()} - others


def test_the_child_has_limits_on_memory_and_the_processor():
    child = first_run.Sandbox("glyphlab_read.bundles.first_run", first_run.TIMEOUT)
    try:
        child.ask(b"nothing to try")
        limits = psutil.Process(child.pid)
        assert limits.rlimit(psutil.RLIMIT_AS) == (first_run.MEMORY_LIMIT,) * 2
        assert limits.rlimit(psutil.RLIMIT_CPU) == (first_run.CPU_LIMIT,) * 2
    finally:
        child.close()


def test_what_is_no_graph_is_refused():
    for content in (b"", b"no graph", b"\x08\x08" * 9):
        with pytest.raises(GraphFault, match="no ONNX file"):
            check_rules(content)


def test_the_starters_hold_to_the_rules():
    for folder in (STARTER_FOLDER, LOCATOR_STARTER_FOLDER):
        check_rules((folder / "network.onnx").read_bytes())


def _squared(source: str, honest: str, output: str) -> list[Any]:
    """Nodes from `honest` to `output` that multiply each value of `source` with each: memory grows with the square."""
    return [
        node("Reshape", [source, "upright"], ["column"]),
        node("Reshape", [source, "level"], ["row"]),
        node("MatMul", ["column", "row"], ["square"]),
        node("ReduceMean", ["square"], ["mean"], keepdims=0),
        node("Add", [honest, "mean"], [output]),
    ]


SHAPES = {"upright": [-1, 1], "level": [1, -1]}


def test_a_locator_is_tried_with_as_large_a_photo_as_it_may_see(workspace: Workspace, monkeypatch: pytest.MonkeyPatch):
    square = model(FLOATS, *_squared("x", "x", "maps"), constants=SHAPES)
    square.graph.input[0].CopyFrom(helper.make_tensor_value_info("image", TensorProto.UINT8, ["N", "H", "W", 3]))
    square.graph.output[0].CopyFrom(helper.make_tensor_value_info("maps", TensorProto.FLOAT, ["N", "H", "W", 2]))
    hostile = {"network": square.SerializeToString()}
    monkeypatch.setattr(tiny_locators, "locator_graphs", lambda _: hostile)
    sees = {"side": 256, "multiple": 1}
    bundle = tiny_locators.save_locator(workspace, preprocessing=sees, graphs=describe_graphs(hostile))
    with pytest.raises(BundleError, match=r"memory|alloc"):
        open_locator(bundle.folder, workspace)


@pytest.mark.parametrize("kind", ["ctc", "attention"])
def test_a_reader_is_tried_with_as_many_images_and_texts_as_it_may_be_given(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, kind: tiny_bundles.Kind
):
    name, source = ("network", "pixels") if kind == "ctc" else ("step", "memory")
    made = tiny_bundles.graphs(kind)
    square = ModelProto.FromString(made[name])
    square.graph.node[-1].output[0] = "honest"
    square.graph.node.extend(_squared(source, "honest", "logits"))
    square.graph.initializer.extend(numpy_helper.from_array(np.array(value), key) for key, value in SHAPES.items())
    hostile = {**made, name: square.SerializeToString()}
    monkeypatch.setattr(tiny_bundles, "graphs", lambda _: hostile)
    narrow = Preprocessing(height=32, max_width=128, multiple=8)
    bundle = tiny_bundles.save_run_bundle(workspace, kind, graphs=describe_graphs(hostile), preprocessing=narrow)
    with pytest.raises(BundleError, match=r"memory|alloc"):
        open_reader(bundle.folder, workspace)


@pytest.mark.parametrize(("axis", "most"), [(0, 32), (2, 128)], ids=["images", "columns"])
def test_a_reader_is_tried_with_as_few_and_as_narrow_images_as_it_may_be_given(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, axis: int, most: int
):
    hostile = ModelProto.FromString(tiny_bundles.graphs("ctc")["network"])
    hostile.graph.node[-1].output[0] = "honest"
    shrinking = [
        node("Shape", ["image"], ["length"], start=axis, end=axis + 1),
        node("Sub", ["most", "length"], ["missing"]),
        node("Mul", ["missing", "much"], ["count"]),
        node("ConstantOfShape", ["count"], ["zeros"]),
        node("ReduceSum", ["zeros"], ["sum"], keepdims=0),
        node("Add", ["honest", "sum"], ["logits"]),
    ]
    hostile.graph.node.extend(shrinking)
    constants = {"most": np.array([most]), "much": np.array([10**8])}
    hostile.graph.initializer.extend(numpy_helper.from_array(value, name) for name, value in constants.items())
    graphs = {"network": hostile.SerializeToString()}
    monkeypatch.setattr(tiny_bundles, "graphs", lambda _: graphs)
    narrow = Preprocessing(height=32, max_width=most if axis else 256, multiple=8)
    bundle = tiny_bundles.save_run_bundle(workspace, graphs=describe_graphs(graphs), preprocessing=narrow)
    with pytest.raises(BundleError, match=r"memory|alloc"):
        open_reader(bundle.folder, workspace)


@pytest.mark.parametrize("kind", ["ctc", "attention"])
def test_a_bundle_is_tried_once_before_it_is_opened(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch, kind: tiny_bundles.Kind
):
    monkeypatch.setattr(first_run, "_tried", set())
    bundle = tiny_bundles.save_run_bundle(workspace, kind)
    open_reader(bundle.folder, workspace)
    monkeypatch.setattr(first_run, "Sandbox", lambda *_: pytest.fail("it was tried again"))
    assert open_reader(bundle.folder, workspace).manifest == bundle.manifest


def test_a_hostile_graph_of_a_run_is_not_opened(workspace: Workspace, monkeypatch: pytest.MonkeyPatch):
    hostile = {"network": _endless().SerializeToString()}
    monkeypatch.setattr(tiny_bundles, "graphs", lambda _: hostile)
    bundle = tiny_bundles.save_run_bundle(workspace, graphs=describe_graphs(hostile))
    with pytest.raises(BundleError, match=r"network\.onnx is refused, as it holds the operator 'Loop'"):
        open_reader(bundle.folder, workspace)
