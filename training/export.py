"""Write a trained stance model as a folder the package can load: int8 ONNX, tokenizer, config."""

import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from onnxruntime.quantization.shape_inference import quant_pre_process

from data import CLASSES
from fakequant import FixedLinear, round4
from packing import blocks_of, constant, int8_columns, pack_embedding

INPUTS = ["input_ids", "attention_mask"]


def write_onnx(model: torch.nn.Module, path: Path) -> None:
    """Export a model of two integer inputs (n, width) to ONNX with dynamic shapes, in float32."""
    example = (torch.ones(2, 16, dtype=torch.long), torch.ones(2, 16, dtype=torch.long))
    n, width = torch.export.Dim("n", min=1), torch.export.Dim("width", min=2)
    torch.onnx.export(
        model, example, str(path), input_names=INPUTS, output_names=["logits"], dynamo=True,
        dynamic_shapes=({0: n, 1: width}, {0: n, 1: width}), external_data=False,
    )  # fmt: skip


def drop_traces(model: onnx.ModelProto) -> None:
    """Take out, in place, what the exporter notes about where in the source each part came from: paths of the machine, and half a megabyte."""
    graph = model.graph
    for part in [model, graph, *graph.node, *graph.initializer, *graph.value_info, *graph.input, *graph.output, *model.functions]:
        del part.metadata_props[:]
        part.doc_string = ""


def drop_nan_guard(model: onnx.ModelProto) -> None:
    """Take out, in place, the test for NaN behind each attention softmax: no row is masked whole, and the test takes a third of the time."""
    made_by = {out: node for node in model.graph.node for out in node.output}
    guards = [
        n
        for n in model.graph.node
        if n.op_type == "Where" and (c := made_by.get(n.input[0])) and c.op_type == "IsNaN" and c.input[0] == n.input[2]
    ]
    plain = {n.output[0]: n.input[2] for n in guards}
    for node in model.graph.node:
        for i, name in enumerate(node.input):
            node.input[i] = plain.get(name, name)
    for node in guards:
        model.graph.node.remove(made_by[node.input[0]])
        model.graph.node.remove(node)


def plain_norms(model: onnx.ModelProto) -> None:
    """Write every layer normalisation out, in place: the means become products with a column of equal numbers.

    onnxruntime's own sums value after value; written out, the same takes a third of the time, which makes the small model a sixth faster.
    """
    width = {t.name: t.dims[0] for t in model.graph.initializer if t.dims}
    nodes = []
    for node in model.graph.node:
        if node.op_type != "LayerNormalization":
            nodes.append(node)
            continue
        values, gain, bias, out = *node.input[:3], node.output[0]
        size = width[gain]
        mean = constant(model, f"mean_of_{size}", np.full((size, 1), 1 / size, np.float32))
        least = constant(model, "least_variance", np.float32(next(a.f for a in node.attribute if a.name == "epsilon")))
        steps = [
            ("MatMul", [values, mean], "mean"), ("Sub", [values, f"{out}_mean"], "centred"), ("Mul", [f"{out}_centred"] * 2, "square"),
            ("MatMul", [f"{out}_square", mean], "variance"), ("Add", [f"{out}_variance", least], "positive"),
            ("Sqrt", [f"{out}_positive"], "deviation"), ("Div", [f"{out}_centred", f"{out}_deviation"], "unit"),
            ("Mul", [f"{out}_unit", gain], "scaled"), ("Add", [f"{out}_scaled", bias], ""),
        ]  # fmt: skip
        nodes += [helper.make_node(op, inputs, [f"{out}_{name}" if name else out]) for op, inputs, name in steps]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def fixed_products(model: onnx.ModelProto, layers: dict[str, FixedLinear]) -> None:
    """Compute in int8 what the layers computed with rounding in training, in place.

    ``layers`` are by the name of their weight. Inputs become unsigned bytes by a scale and zero that never change, so that an answer depends on nothing else
    in its batch; weights are signed with 7 bits (processors without VNNI add pairs of products in 16 bits, which 8 bits would overflow), by column, stored
    as 4-bit blocks where the layer says so. A chain of constants unpacks those; onnxruntime computes it once, when it loads the model.
    """
    tables = {t.name: t for t in model.graph.initializer}
    weight_of = products(model, layers)
    chains, nodes, rounded = [], [], {}
    for node in model.graph.node:
        layer = layers.get(weight_of.get(node.output[0], ""))
        if layer is None:
            nodes.append(node)
            continue
        name, values, out = weight_of[node.output[0]], node.input[0], node.output[0]
        step = np.float32((layer.high - layer.low) / 255)
        zero = np.uint8(round(-layer.low / float(step)))
        scale, at = constant(model, f"{name}_in_scale", step), constant(model, f"{name}_in_zero", zero)
        key = (values, float(step), int(zero))
        if key not in rounded:
            rounded[key] = f"{out}_bytes"
            nodes.append(helper.make_node("QuantizeLinear", [values, scale, at], [rounded[key]]))
        weight = layer.weight.detach().float()
        exact = (round4(weight) if layer.four_bits else weight).numpy()
        column = (np.maximum(np.abs(exact).max(1), 1e-9 * 63) / 63).astype(np.float32)
        if layer.four_bits:
            whole, block = blocks_of(exact)
            chains += int8_columns(model, name, whole, block / column[:, None], f"{name}_whole")
        else:
            constant(model, f"{name}_whole", np.ascontiguousarray(np.round(exact / column[:, None]).astype(np.int8).T))
        by_column, none = constant(model, f"{name}_scale", column), constant(model, f"{name}_zero", np.zeros(len(column), np.int8))
        inputs = [rounded[key], f"{name}_whole", scale, by_column, at, none]
        nodes.append(helper.make_node("MatMulIntegerToFloat", inputs, [out], domain="com.microsoft"))
    del model.graph.node[:]
    model.graph.node.extend([*chains, *nodes])
    used = {i for n in model.graph.node for i in n.input}
    for name in [n for n in tables if n not in used]:
        model.graph.initializer.remove(tables[name])
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))


def products(model: onnx.ModelProto, layers: dict[str, FixedLinear]) -> dict[str, str]:
    """Return the layer's name of every matrix product with a layer's weights, by the product's output; weights are recognised by their values."""
    tables = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer}
    found = {}
    for node in model.graph.node:
        if node.op_type == "MatMul" and node.input[1] in tables:
            held = tables[node.input[1]].T
            found[node.output[0]] = next(
                (
                    k
                    for k, layer in layers.items()
                    if layer.weight.shape == held.shape and np.array_equal(layer.weight.detach().numpy(), held)
                ),
                "",
            )
    missing = set(layers) - set(found.values())
    if missing:
        raise ValueError(f"no matrix product was found for {len(missing)} layers, the first is {min(missing)}")
    return found


def quantise(source: Path, target: Path, layers: dict[str, FixedLinear]) -> None:
    """Write the model with int8 products and a 4-bit word embedding; attention and the head stay in float32."""
    prepared = target.with_suffix(".prepared.onnx")
    quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
    model = onnx.load(str(prepared))
    prepared.unlink()
    drop_nan_guard(model)
    plain_norms(model)
    pack_embedding(model)
    fixed_products(model, layers)
    drop_traces(model)
    onnx.checker.check_model(model)
    onnx.save(model, str(target))


def export_stance(model: torch.nn.Module, tokenizer, folder: Path, work: Path, config: dict, encoder: str) -> None:
    """Write ``model.onnx``, ``tokenizer.json`` and ``config.json`` to a folder; the float32 model goes to ``work``. An ensemble the folder's config names is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    FixedLinear.active = False
    write_onnx(model, work / "float32.onnx")
    layers = {name: layer for name, layer in model.named_modules() if isinstance(layer, FixedLinear)}
    quantise(work / "float32.onnx", folder / "model.onnx", layers)
    backend = tokenizer.backend_tokenizer
    backend.no_padding()
    backend.no_truncation()
    backend.save(str(folder / "tokenizer.json"))
    written = folder / "config.json"
    before = json.loads(written.read_text(encoding="utf-8")) if written.exists() else {}
    config = {"encoder": encoder, **config, "labels": list(CLASSES), "temperature": 1.0}  # until calibrated
    if "ensemble" in before:
        config["ensemble"] = before["ensemble"]
    written.write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
