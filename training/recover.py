"""Read a shipped stance model back into the network it was exported from, to go on training where it stopped."""

import json
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel, MPNetConfig, MPNetModel

from analysis.pairs import MARKERS
from fakequant import BLOCK, FixedLinear, cut, make_fixed
from stance_model import NarrowingModel, StanceModel


def recover(model: StanceModel, path: Path) -> None:
    """Give the network the weights and the input ranges that ``export.export_stance`` wrote, in place.

    The rounded weights are what comes back; the unrounded ones behind them are not in the file. The word embedding is the encoder's own, rounded.

    Raises
    ------
    ValueError
        If the file lacks a weight of the network.
    """
    held = {t.name: numpy_helper.to_array(t) for t in onnx.load(str(path)).graph.initializer}
    layers = {name: module for name, module in model.named_modules() if isinstance(module, FixedLinear)}
    found = {}
    for name, layer in layers.items():
        found[f"{name}.weight"] = weight_of(held, name)
        step, zero = float(held[f"{name}_in_scale"]), int(held[f"{name}_in_zero"])
        layer.low, layer.high = cut(-zero * step, (255 - zero) * step)
    mine = model.state_dict()
    found |= {name: torch.tensor(held[name]) for name in mine if name in held}
    kept = {name for name in mine if "word_embeddings" in name or name.endswith("position_ids")}
    missing = set(mine) - set(found) - kept
    if missing:
        raise ValueError(f"{path}: {len(missing)} weights are not there, the first is {min(missing)}")
    model.load_state_dict(found, strict=False)


def network(folder: Path) -> StanceModel:
    """Return the network of a shipped model with its weights, in float32: what it would say if nothing were rounded at run time."""
    held = {t.name: numpy_helper.to_array(t) for t in onnx.load(str(folder / "model.onnx")).graph.initializer}
    name = "encoder.embeddings.word_embeddings.weight"
    packed, scale = held[f"{name}_packed"], held[f"{name}_scales"].astype(np.float32)
    whole = halves(packed)
    table = (whole.reshape(-1, BLOCK) * scale.reshape(-1, 1)).reshape(whole.shape)
    settings, markers = (
        json.loads((folder / "config.json").read_text(encoding="utf-8")),
        Tokenizer.from_file(str(folder / "tokenizer.json")),
    )
    size = {
        "vocab_size": len(table),
        "hidden_size": table.shape[1],
        "intermediate_size": 4 * table.shape[1],
        "num_hidden_layers": settings["layers"],
    }
    encoder = (
        MPNetModel(MPNetConfig(**size, max_position_embeddings=514), add_pooling_layer=False)
        if "mpnet" in settings["encoder"]
        else BertModel(BertConfig(**size, max_position_embeddings=settings["max_tokens"]), add_pooling_layer=False)
    )
    ids, narrows_above = tuple(markers.token_to_id(m) for m in MARKERS), settings.get("whole_layers")
    model = (
        StanceModel(encoder, ids) if narrows_above is None else NarrowingModel(encoder, ids, markers.token_to_id("[SEP]"), narrows_above)
    )
    make_fixed(model.encoder, four_bits=True)
    recover(model, folder / "model.onnx")
    with torch.no_grad():
        model.encoder.embeddings.word_embeddings.weight.copy_(torch.tensor(table))
    return model.eval()


def halves(packed: np.ndarray) -> np.ndarray:
    """Return the numbers that ``packing.nibbles`` packed."""
    return np.concatenate([packed & 15, packed >> 4], axis=-1).astype(np.float32) - 8


def weight_of(held: dict[str, np.ndarray], name: str) -> torch.Tensor:
    """Return the weights of a layer from its packed blocks of 4 bits."""
    packed = held[f"{name}_packed"]
    whole = halves(packed) if packed.dtype == np.uint8 else packed.astype(np.float32)  # files were written in halves at first
    scale = held[f"{name}_ratio"].astype(np.float32) * held[f"{name}_scale"][:, None]
    return torch.tensor((whole.reshape(-1, BLOCK) * scale.reshape(-1, 1)).reshape(whole.shape))
