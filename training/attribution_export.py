"""Write a trained attribution model as a folder the package can load: quantised ONNX, tokenizer, config."""

import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process

from attribution_model import N_SCORES
from export import drop_nan_guard
from fakequant import BLOCK

INPUTS = ["input_ids", "shapes", "attention_mask"]


def write_onnx(model: torch.nn.Module, path: Path) -> None:
    """Export a model of three integer inputs of shape (n, width) to ONNX with dynamic shapes, in float32."""
    example = tuple(torch.ones(2, 16, dtype=torch.long) for _ in INPUTS)
    n, width = torch.export.Dim("n", min=1), torch.export.Dim("width", min=2)
    torch.onnx.export(
        model, example, str(path), input_names=INPUTS, output_names=["scores"], dynamo=True,
        dynamic_shapes=tuple({0: n, 1: width} for _ in INPUTS), external_data=False,
    )  # fmt: skip


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


def pack_weights(model: onnx.ModelProto, exact: dict[str, np.ndarray]) -> None:
    """Store the int8 weights of the matrix products as 4-bit blocks, in place, given the unquantised ones by name.

    A chain of constants (unpack, scale, round to int8 by column) stands before each product. onnxruntime computes it once, when it loads the model, which
    therefore runs at the speed of int8 and weighs half.
    """
    tables = {t.name: t for t in model.graph.initializer}
    chains = []
    for name, weight in exact.items():
        if (table := tables.get(f"{name}_quantized")) is None or weight.ndim != 2:
            continue
        step = numpy_helper.to_array(tables[f"{name}_scale"]).reshape(-1, 1)
        whole, scale = blocks_of(np.ascontiguousarray(weight.T))
        model.graph.initializer.remove(table)
        packed, ratio = (
            constant(model, f"{name}_packed", nibbles(whole)),
            constant(model, f"{name}_ratio", (scale / step).astype(np.float16)),
        )
        chains += unpacking(model, packed, ratio, f"{name}_columns", list(whole.shape), whole=True)
        chains.append(helper.make_node("Cast", [f"{name}_columns"], [f"{name}_int8"], to=TensorProto.INT8))
        chains.append(helper.make_node("Transpose", [f"{name}_int8"], [f"{name}_quantized"], perm=[1, 0]))
    nodes = [*chains, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def quantise(source: Path, target: Path, four_bits: bool) -> None:
    """Quantise the matrix products of an ONNX model to int8, each output channel with its own scale, and pack the word embedding.

    Seven bits are used for the weights: processors without VNNI add pairs of products in 16 bits, which eight bits would overflow, and a result must not
    depend on the machine. The last product, which makes the scores, stays in float32.
    """
    prepared = target.with_suffix(".prepared.onnx")
    quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
    exact = {t.name: numpy_helper.to_array(t) for t in onnx.load(str(prepared)).graph.initializer}
    last = [
        n.name
        for n in onnx.load(str(prepared)).graph.node
        if any(exact[i].ndim == 2 and N_SCORES in exact[i].shape for i in n.input if i in exact)
    ]
    quantize_dynamic(
        str(prepared), str(target), op_types_to_quantize=["MatMul", "Gemm"], per_channel=True, reduce_range=True, weight_type=QuantType.QInt8, nodes_to_exclude=last
    )  # fmt: skip
    prepared.unlink()
    model = onnx.load(str(target))
    pack_embedding(model)
    if four_bits:
        pack_weights(model, exact)
    onnx.checker.check_model(model)
    drop_nan_guard(model)
    onnx.save(model, str(target))


def export(model: torch.nn.Module, tokenizer, out: Path, work: Path, settings: dict, four_bits: bool) -> None:
    """Write ``model.onnx``, ``tokenizer.json`` and ``config.json`` to ``out``; the float32 model goes to ``work``."""
    out.mkdir(parents=True, exist_ok=True)
    write_onnx(model, work / "float32.onnx")
    quantise(work / "float32.onnx", out / "model.onnx", four_bits)
    tokenizer.save(str(out / "tokenizer.json"))
    (out / "config.json").write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
