"""Write a trained attribution model as a folder the package can load: quantised ONNX, tokenizer, config."""

import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic
from onnxruntime.quantization.shape_inference import quant_pre_process

from attribution_model import N_SCORES
from export import drop_nan_guard, drop_traces, plain_norms
from packing import blocks_of, int8_columns, pack_embedding

INPUTS = ["input_ids", "shapes", "attention_mask"]


def write_onnx(model: torch.nn.Module, path: Path) -> None:
    """Export a model of three integer inputs of shape (n, width) to ONNX with dynamic shapes, in float32."""
    example = tuple(torch.ones(2, 16, dtype=torch.long) for _ in INPUTS)
    n, width = torch.export.Dim("n", min=1), torch.export.Dim("width", min=2)
    torch.onnx.export(
        model, example, str(path), input_names=INPUTS, output_names=["scores"], dynamo=True,
        dynamic_shapes=tuple({0: n, 1: width} for _ in INPUTS), external_data=False,
    )  # fmt: skip


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
        chains += int8_columns(model, name, whole, scale / step, f"{name}_quantized")
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
    drop_traces(model)
    onnx.checker.check_model(model)
    drop_nan_guard(model)
    if not four_bits:  # the larger model gains an eighth of speed only, and its answers stay those that were measured
        plain_norms(model)
    onnx.save(model, str(target))


def export(model: torch.nn.Module, tokenizer, out: Path, work: Path, settings: dict, four_bits: bool) -> None:
    """Write ``model.onnx``, ``tokenizer.json`` and ``config.json`` to ``out``; the float32 model goes to ``work``."""
    out.mkdir(parents=True, exist_ok=True)
    write_onnx(model, work / "float32.onnx")
    quantise(work / "float32.onnx", out / "model.onnx", four_bits)
    tokenizer.save(str(out / "tokenizer.json"))
    (out / "config.json").write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
