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


def int8_columns(model: onnx.ModelProto, name: str, whole: np.ndarray, ratio: np.ndarray, out: str) -> list[onnx.NodeProto]:
    """Store 4-bit integers (n, d) with a float16 ratio for each block of 32, and return the nodes that make int8 weights ``out`` of shape (d, n) of them.

    onnxruntime computes them once, when it loads the model (told by ``session.disable_quant_qdq`` to treat them as constants), with six bytes of memory a weight.
    """
    pairs = (whole.reshape(-1).astype(np.int16) & 15).astype(np.uint8)
    packed = (pairs[0::2] | (pairs[1::2] << 4)).astype(np.uint8)
    model.graph.initializer.append(
        TensorProto(name=f"{name}_packed", data_type=TensorProto.INT4, dims=whole.shape, raw_data=packed.tobytes())
    )
    half, one = constant(model, f"{name}_ratio", ratio.astype(np.float16)), constant(model, "one", np.float32(1))
    for domain in model.opset_import:
        if domain.domain == "":
            domain.version = max(domain.version, 21)  # the first with products of blocks
    return [
        helper.make_node("Cast", [half], [f"{name}_blocks"], to=TensorProto.FLOAT),
        helper.make_node("DequantizeLinear", [f"{name}_packed", f"{name}_blocks"], [f"{name}_columns"], axis=1, block_size=BLOCK),
        helper.make_node("QuantizeLinear", [f"{name}_columns", one], [f"{name}_int8"], output_dtype=TensorProto.INT8),
        helper.make_node("Transpose", [f"{name}_int8"], [out], perm=[1, 0]),
    ]


def unpacking(model: onnx.ModelProto, packed: str, scale: str, out: str, shape: list[int]) -> list[onnx.NodeProto]:
    """Return the nodes that turn packed bytes and float16 scales by block into the array ``out`` of a shape."""
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
        ("Reshape", [f"{out}_product", flat], "", {}),
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
