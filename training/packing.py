"""4-bit weights in an ONNX file: packed to bytes, unpacked by nodes of the graph."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from fakequant import BLOCK


def blocks_of(weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return 4-bit integers and the scale of each block of 32 along the last axis, exact for weights that ``fakequant.round4`` has rounded."""
    blocks = weight.reshape(-1, BLOCK)
    least, most = blocks.min(1, keepdims=True), blocks.max(1, keepdims=True)
    scale = np.where(most > -least, most, least) / -8
    scale[scale == 0] = 1
    whole = np.clip(np.round(blocks / scale), -8, 7).astype(np.int8)
    return whole.reshape(weight.shape), scale.reshape(*weight.shape[:-1], -1).astype(np.float32)


def nibbles(whole: np.ndarray) -> np.ndarray:
    """Return 4-bit integers of shape (..., d) packed to bytes of shape (..., d / 2): the first half of each row in the low bits."""
    shifted = (whole + 8).astype(np.uint8)
    half = shifted.shape[-1] // 2
    return shifted[..., :half] | (shifted[..., half:] << 4)


def constant(model: onnx.ModelProto, name: str, value: object) -> str:
    """Add an initializer, unless it is there, and return its name."""
    if all(t.name != name for t in model.graph.initializer):
        model.graph.initializer.append(numpy_helper.from_array(np.asarray(value), name))
    return name


def unpacking(model: onnx.ModelProto, packed: str, scale: str, out: str, shape: list[int], whole: bool = False) -> list[onnx.NodeProto]:
    """Return the nodes that turn packed bytes and float16 scales by block into the array ``out`` of a shape; rounded if ``whole``."""
    low, four, eight = constant(model, "low", np.uint8(15)), constant(model, "four", np.uint8(4)), constant(model, "eight", np.float32(8))
    last = constant(model, "last", np.array([-1]))
    blocks = constant(model, f"{out}_blocks_shape", np.array([*shape[:-1], shape[-1] // BLOCK, BLOCK]))
    flat = constant(model, f"{out}_shape", np.array(shape))
    steps = [
        ("BitwiseAnd", [packed, low], "lows", {}),
        ("BitShift", [packed, four], "highs", {"direction": "RIGHT"}),
        ("Concat", [f"{out}_lows", f"{out}_highs"], "bytes", {"axis": -1}),
        ("Cast", [f"{out}_bytes"], "float", {"to": TensorProto.FLOAT}),
        ("Sub", [f"{out}_float", eight], "centred", {}),
        ("Reshape", [f"{out}_centred", blocks], "blocks", {}),
        ("Cast", [scale], "scale", {"to": TensorProto.FLOAT}),
        ("Unsqueeze", [f"{out}_scale", last], "wide", {}),
        ("Mul", [f"{out}_blocks", f"{out}_wide"], "product", {}),
        *([("Round", [f"{out}_product"], "rounded", {})] if whole else []),
        ("Reshape", [f"{out}_rounded" if whole else f"{out}_product", flat], "", {}),
    ]
    return [helper.make_node(op, inputs, [f"{out}_{result}" if result else out], **attributes) for op, inputs, result, attributes in steps]


def pack_embedding(model: onnx.ModelProto) -> None:
    """Store the word embedding, the largest table that is looked up, in 4 bits, in place; rows are unpacked as they are looked up."""
    tables = {t.name: t for t in model.graph.initializer}
    name = max(
        (n.input[0] for n in model.graph.node if n.op_type == "Gather" and n.input[0] in tables), key=lambda k: int(np.prod(tables[k].dims))
    )
    whole, scale = blocks_of(numpy_helper.to_array(tables[name]))
    model.graph.initializer.remove(tables[name])
    packed, scales = constant(model, f"{name}_packed", nibbles(whole)), constant(model, f"{name}_scales", scale.astype(np.float16))
    nodes = []
    for node in model.graph.node:
        if node.op_type == "Gather" and node.input[0] == name:
            ids, out = node.input[1], node.output[0]
            nodes += [
                helper.make_node("Gather", [packed, ids], [f"{out}_packed"]),
                helper.make_node("Gather", [scales, ids], [f"{out}_half"]),
            ]
            nodes += unpacking(model, f"{out}_packed", f"{out}_half", out, [0, 0, whole.shape[1]])
        else:
            nodes.append(node)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
