"""The trained network as an ONNX graph: weights in eight bits by column, activations as they come, words in four bits.

Written out rather than traced: the graph is a dozen operators, and so it says what it does. Beside the standard
operators it uses three that ONNX Runtime has for the CPU (com.microsoft): DynamicQuantizeMatMul, SkipLayerNormalization
and GatherBlockQuantized.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from .pretrained import BLOCK, Shape

LARGEST: Final = 127
GROUP: Final = 64
"""Of a weight. Seven bits, not eight: processors without VNNI add pairs of products in sixteen bits and would overflow
(https://onnxruntime.ai/docs/performance/model-optimizations/quantization.html, "reduce_range")."""

Floats = NDArray[np.float32]
OURS: Final = "com.microsoft"


@dataclass(slots=True)
class Graph:
    """A graph that grows; each method returns the name of what it computes."""

    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def constant(self, values: NDArray[np.generic]) -> str:
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.array(values, order="C"), name))
        return name

    def do(self, operator: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        name = f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [name], name=name, domain=domain, **attributes))
        return name

    def dense(self, x: str, weights: Floats, bias: Floats) -> str:
        """`x` × weights (outputs × inputs, as PyTorch keeps them) + bias, in eight bits by blocks of `GROUP`."""
        outputs, inputs = weights.shape
        blocks = weights.reshape(outputs, inputs // GROUP, GROUP)
        scale = np.abs(blocks).max(axis=2) / LARGEST + 1e-12
        whole = (np.round(blocks / scale[:, :, None]) + 128).astype(np.uint8)
        return self.do(
            "MatMulNBits",
            x,
            self.constant(whole),
            self.constant(scale.astype(np.float32)),
            "",
            "",
            self.constant(bias),
            domain=OURS,
            K=inputs,
            N=outputs,
            bits=8,
            block_size=GROUP,
            accuracy_level=4,
        )

    def exact(self, x: str, weights: Floats, bias: Floats) -> str:
        """The same without rounding; for the heads, that are small and decide."""
        return self.do("Gemm", x, self.constant(weights), self.constant(bias), transB=1)

    def norm(self, x: str, skip: str, scale: Floats, bias: Floats, epsilon: float) -> str:
        inputs = (x, skip, self.constant(scale), self.constant(bias))
        return self.do("SkipLayerNormalization", *inputs, domain=OURS, epsilon=epsilon)


def model(
    weights: Mapping[str, Floats],
    words: tuple[NDArray[np.float16], NDArray[np.int8]],
    shape: Shape,
    heads: Iterable[str],
) -> onnx.ModelProto:
    """The graph of a network's `weights`, by their names in `Network`. `words` are the scales and values of the pieces,
    the last for the brand's mark.

    In: `ids`, int64 (texts × length), padded with 1. Out: one float32 output per head, each texts × answers, and
    `embedding` (texts × hidden).
    """
    graph = Graph()
    told = np.float32
    scales, values = words
    packed = ((values[:, 0::2] + 8).astype(np.uint8)) | ((values[:, 1::2] + 8).astype(np.uint8) << 4)
    x = graph.do(
        "GatherBlockQuantized",
        graph.constant(packed),
        "ids",
        graph.constant(scales),
        domain=OURS,
        gather_axis=0,
        quantize_axis=1,
        block_size=BLOCK,
        bits=4,
    )
    x = graph.do("Cast", x, to=TensorProto.FLOAT)
    length = graph.do("Shape", "ids", start=1, end=2)
    zero, one = graph.constant(np.array([0], np.int64)), graph.constant(np.array([1], np.int64))
    positions = graph.do("Slice", graph.constant(weights["position"]), zero, length, zero)
    x = graph.do("Add", x, positions)
    x = graph.do(
        "LayerNormalization",
        x,
        graph.constant(weights["eln.weight"]),
        graph.constant(weights["eln.bias"]),
        axis=-1,
        epsilon=shape.epsilon,
    )
    seen = graph.do(
        "Cast", graph.do("Not", graph.do("Equal", "ids", graph.constant(np.array(1)))), to=TensorProto.FLOAT
    )
    far = graph.do("Mul", graph.do("Sub", seen, graph.constant(np.array(1, told))), graph.constant(np.array(1e9, told)))
    bias = graph.do("Unsqueeze", far, graph.constant(np.array([1, 2], np.int64)))
    for number in range(shape.layers):
        mine = f"layers.{number}."
        own = {name.removeprefix(mine): values for name, values in weights.items() if name.startswith(mine)}
        x = _layer(graph, x, bias, shape, own)
    whole = _mean(graph, x, seen)
    marked = graph.do("Cast", graph.do("Equal", "ids", graph.constant(np.array(len(values) - 1))), to=TensorProto.FLOAT)
    there = graph.do("ReduceMax", marked, one, keepdims=1)
    brand = graph.do("Where", graph.do("Cast", there, to=TensorProto.BOOL), _mean(graph, x, marked), whole)
    both = graph.do("Concat", whole, brand, axis=1)
    outputs = {}
    for head in heads:
        hidden = graph.do("Tanh", graph.exact(both, weights[f"{head}.0.weight"], weights[f"{head}.0.bias"]))
        outputs[head] = graph.exact(hidden, weights[f"{head}.3.weight"], weights[f"{head}.3.bias"])
    place = graph.exact(whole, weights["place.weight"], weights["place.bias"])
    outputs["embedding"] = graph.do("LpNormalization", place, axis=1, p=2)
    return _whole(graph, outputs)


def _mean(graph: Graph, x: str, chosen: str) -> str:
    """`x` (texts × length × hidden) over the pieces that are `chosen` (texts × length); zeros where none is."""
    along = graph.constant(np.array([1], np.int64))
    wide = graph.do("Unsqueeze", chosen, graph.constant(np.array([2], np.int64)))
    total = graph.do("ReduceSum", graph.do("Mul", x, wide), along, keepdims=0)
    many = graph.do("ReduceSum", chosen, along, keepdims=1)
    return graph.do("Div", total, graph.do("Max", many, graph.constant(np.array(1, np.float32))))


def _layer(graph: Graph, x: str, bias: str, shape: Shape, weights: Mapping[str, Floats]) -> str:
    each = shape.hidden // shape.heads
    joined = np.concatenate([weights[f"{part}.weight"] for part in "qkv"])
    joined_bias = np.concatenate([weights[f"{part}.bias"] for part in "qkv"])
    # The root of the heads' size belongs to the product of q and k; folded into q it costs nothing.
    joined[: shape.hidden] /= np.sqrt(each)
    joined_bias[: shape.hidden] /= np.sqrt(each)
    split = graph.do(
        "Reshape", graph.dense(x, joined, joined_bias), graph.constant(np.array([0, 0, 3, shape.heads, each], np.int64))
    )
    # Texts × 3 × heads × length × each; keys the other way round.
    turned = graph.do("Transpose", split, perm=[2, 0, 3, 1, 4])
    q, k, v = (graph.do("Gather", turned, graph.constant(np.array(place)), axis=0) for place in range(3))
    scores = graph.do("Add", graph.do("MatMul", q, graph.do("Transpose", k, perm=[0, 1, 3, 2])), bias)
    heard = graph.do("MatMul", graph.do("Softmax", scores, axis=-1), v)
    heard = graph.do(
        "Reshape",
        graph.do("Transpose", heard, perm=[0, 2, 1, 3]),
        graph.constant(np.array([0, 0, shape.hidden], np.int64)),
    )
    heard = graph.dense(heard, weights["ao.weight"], weights["ao.bias"])
    x = graph.norm(x, heard, weights["aln.weight"], weights["aln.bias"], shape.epsilon)
    inner = graph.do("Gelu", graph.dense(x, weights["fi.weight"], weights["fi.bias"]))
    return graph.norm(
        x,
        graph.dense(inner, weights["fo.weight"], weights["fo.bias"]),
        weights["oln.weight"],
        weights["oln.bias"],
        shape.epsilon,
    )


def _whole(graph: Graph, outputs: Mapping[str, str]) -> onnx.ModelProto:
    graph.nodes += [helper.make_node("Identity", [name], [head]) for head, name in outputs.items()]
    whole = helper.make_graph(
        graph.nodes,
        "careful",
        [helper.make_tensor_value_info("ids", TensorProto.INT64, ["texts", "length"])],
        [helper.make_tensor_value_info(head, TensorProto.FLOAT, ["texts", None]) for head in outputs],
        graph.constants,
    )
    made = helper.make_model(whole, opset_imports=[helper.make_opsetid("", 20), helper.make_opsetid(OURS, 1)])
    made.ir_version = 10
    return made
