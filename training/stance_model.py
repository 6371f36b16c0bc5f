"""The stance network, and what training and distillation share: tokens, batches, measures."""

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from transformers import AutoModel, AutoTokenizer

from analysis.pairs import MARKERS, encode_pair, fitting
from data import CLASSES, Row, gold_rows, public_rows
from fakequant import round4

MAX_TOKENS = 192
# Products in half precision where the processor has them; elsewhere torch would imitate them, twenty times slower than full precision.
HALF: dict[str, Any] = {
    "device_type": "cpu",
    "dtype": torch.bfloat16,
    "enabled": torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported(),
}
MEASURED = {"gold": "gold/dev.jsonl", "rw": "data/newsmtsc/rw-dev.jsonl", "mt": "data/newsmtsc/mt-dev.jsonl"}


class StanceModel(nn.Module):
    """Encoder; mean of all tokens beside mean of the two target markers gives three logits of stance, mean of all tokens alone three of tone."""

    def __init__(self, encoder: nn.Module, marker_ids: tuple[int, int]):
        super().__init__()
        self.encoder = encoder
        self.marker_ids = marker_ids
        self.head = nn.Sequential(nn.Dropout(0.1), nn.Linear(2 * encoder.config.hidden_size, len(CLASSES)))
        self.tone = nn.Linear(encoder.config.hidden_size, len(CLASSES))
        self.state_head: nn.Linear | None = None  # tells of the pooled state, for distillation; not shipped

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Return logits of shape (n, 6): stance against, neutral, favor; tone negative, neutral, positive; behind them what auxiliary heads tell."""
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state.float()
        return self.scored(hidden, input_ids, attention_mask)

    def scored(self, hidden: torch.Tensor, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Return the logits of what the encoder made of tokens, (n, width, size)."""
        everywhere = attention_mask.unsqueeze(-1).float()
        marked = ((input_ids == self.marker_ids[0]) | (input_ids == self.marker_ids[1])).unsqueeze(-1).float() * everywhere
        pooled = [(hidden * m).sum(1) / m.sum(1).clamp(min=1.0) for m in (everywhere, marked)]
        state = torch.cat(pooled, dim=-1)
        told = [self.head(state), self.tone(pooled[0])]
        return torch.cat([*told, self.state_head(state)] if self.state_head else told, dim=-1)


class NarrowingModel(StanceModel):
    """A BERT whose upper layers read only what decides: the first segment, and the mention where it stands in the second.

    The lowest ``whole`` layers carry what the context says over to these tokens, and a pair with context costs little more than one without (as
    in Goyal et al. 2020, who let the network choose the tokens). Which tokens stay depends on nothing but the pair.
    """

    def __init__(self, encoder: nn.Module, marker_ids: tuple[int, int], separator: int, whole: int):
        super().__init__(encoder, marker_ids)
        if not 0 <= whole < len(encoder.encoder.layer):
            raise ValueError(
                f"whole is {whole}: a network of {len(encoder.encoder.layer)} layers narrows above one of them, at most the last but one"
            )
        self.separator, self.whole = separator, whole
        self.token_head: nn.Linear | None = None

    def set_auxiliary_heads(self, components: int, token_components: int) -> None:
        """Give so many numbers about the pooled state behind the logits from here on, and behind them about each token kept, or none again (0): for distillation, not shipped.

        The shape becomes (n, 6 + components + tokens * token_components).
        """
        self.state_head = nn.Linear(self.head[1].in_features, components) if components else None
        self.token_head = nn.Linear(self.encoder.config.hidden_size, token_components) if token_components else None

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Return logits of shape (n, 6): stance against, neutral, favor; tone negative, neutral, positive; behind them what auxiliary heads tell."""
        hidden, layers = self.encoder.embeddings(input_ids=input_ids), self.encoder.encoder.layer
        for layer in layers[: self.whole]:
            hidden = layer(hidden, unseen(attention_mask, hidden))
        stays = self.stays(input_ids, attention_mask)
        width = stays.sum(1).max().item()
        torch._check(width <= input_ids.shape[1])
        torch._check(width >= 1)
        # Those that stay first, all in their order.
        order = stays * input_ids.shape[1] - torch.arange(input_ids.shape[1])
        index = order.topk(width, dim=1).indices
        hidden = hidden.gather(1, index.unsqueeze(-1).expand(-1, -1, hidden.shape[-1]))
        kept_ids, kept = input_ids.gather(1, index), stays.gather(1, index)
        for layer in layers[self.whole : -1]:
            hidden = layer(hidden, unseen(kept, hidden))
        told = self.token_head(hidden).flatten(1) if self.token_head else None
        scored = self.scored(layers[-1](hidden, unseen(kept, hidden)).float(), kept_ids, kept)
        return scored if told is None else torch.cat([scored, told], dim=-1)

    def stays(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Return 1 for every token up to the first separator, and from marker to marker; else 0."""
        ended = (input_ids == self.separator).long()
        first = ended.cumsum(1) - ended == 0
        opened, closed = ((input_ids == marker).long() for marker in self.marker_ids)
        between = (opened - closed).cumsum(1) + closed > 0
        return (first | between).long() * attention_mask


def unseen(mask: torch.Tensor, hidden: torch.Tensor) -> torch.Tensor:
    """Return what attention adds so that padding is not seen: shape (n, 1, 1, width)."""
    return (1 - mask)[:, None, None, :].to(hidden.dtype) * -1e4


def build(folder: Path, layers: int | None, frozen: int, whole: int | None = None) -> tuple[StanceModel, Any]:
    """Return the untrained network and its tokenizer; one whose layers above ``whole`` narrow, where that is given.

    The word embedding is rounded to 4 bits at once and never trained; the markers start as the rows of the braces, which are as rare as they are. The first
    ``frozen`` layers are rounded and kept as well; layers above ``layers`` are taken away.
    """
    tokenizer = AutoTokenizer.from_pretrained(folder)
    tokenizer.add_special_tokens({"additional_special_tokens": list(MARKERS)})
    marker_ids = tuple(tokenizer.convert_tokens_to_ids(list(MARKERS)))
    # Attention step by step: torch's own for processors goes back through short inputs in half precision several times slower.
    encoder = AutoModel.from_pretrained(folder, attn_implementation="eager")
    encoder.pooler = None
    encoder.encoder.layer = encoder.encoder.layer[:layers]
    encoder.config.num_hidden_layers = len(encoder.encoder.layer)
    table = encoder.embeddings.word_embeddings.weight
    with torch.no_grad():
        for marker, brace in zip(marker_ids, "{}", strict=True):
            table[marker] = table[tokenizer.convert_tokens_to_ids(brace)]
        table.copy_(round4(table))
        for layer in encoder.encoder.layer[:frozen]:
            for module in layer.modules():
                if isinstance(module, nn.Linear):
                    module.weight.copy_(round4(module.weight))
    for part in [encoder.embeddings, *encoder.encoder.layer[:frozen]]:
        part.requires_grad_(False)
    model = StanceModel(encoder, marker_ids) if whole is None else NarrowingModel(encoder, marker_ids, tokenizer.sep_token_id, whole)
    return model, tokenizer


def tokens(tokenizer: Any, rows: list[Row]) -> list[list[int]]:
    """Return the token ids of rows, as the package writes them."""
    pairs = [encode_pair(r.text, r.start, r.end, r.holder, r.context, in_context=r.in_context) for r in rows]
    return tokenizer([a for a, _ in pairs], [b for _, b in pairs], truncation="longest_first", max_length=MAX_TOKENS)["input_ids"]


def with_room(row: Row, room: int | None) -> Row:
    """Return the row with the context that a model with ``room`` reads."""
    return row if row.in_context else replace(row, context=fitting(row.text, row.context, room=room))


def batches(lengths: list[int], size: int, rng: random.Random) -> list[list[int]]:
    """Return shuffled batches of rows of similar length."""
    order = sorted(range(len(lengths)), key=lambda i: lengths[i] + rng.random() * 8)
    cut = [order[i : i + size] for i in range(0, len(order), size)]
    rng.shuffle(cut)
    return cut


def padded(rows: list[list[int]], pad: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Return token ids and attention mask, padded to the longest row."""
    width = max(map(len, rows))
    ids = torch.tensor([row + [pad] * (width - len(row)) for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (width - len(row)) for row in rows])
    return ids, mask


def predict(model: nn.Module, rows: list[list[int]], pad: int) -> np.ndarray:
    """Return logits of stance and tone, shape (n, 6)."""
    model.eval()
    out = np.zeros((len(rows), 2 * len(CLASSES)))
    with torch.no_grad(), torch.autocast(**HALF):
        for index in batches([len(t) for t in rows], 32, random.Random(0)):
            out[index] = model(*padded([rows[i] for i in index], pad))[:, : out.shape[1]].float().numpy()
    model.train()
    return out


def macro_f1(labels: np.ndarray, logits: np.ndarray) -> float:
    """Return macro-averaged F1 in percent."""
    guess = logits[:, : len(CLASSES)].argmax(1)
    scores = [2 * ((guess == c) & (labels == c)).sum() / max(1, (guess == c).sum() + (labels == c).sum()) for c in range(len(CLASSES))]
    return 100 * float(np.mean(scores))


class Dev:
    """The development sets, ready to be measured on."""

    def __init__(self, data: Path, tokenizer: Any, room: int | None = None) -> None:
        rows = {k: (gold_rows if k == "gold" else public_rows)(data / file) for k, file in MEASURED.items()}
        rows = {k: [with_room(r, room) for r in v] for k, v in rows.items()}
        self.tokens = {k: tokens(tokenizer, v) for k, v in rows.items()}
        self.labels = {k: np.array([r.label for r in v]) for k, v in rows.items()}
        self.pad = tokenizer.pad_token_id

    def measure(self, model: nn.Module, names: tuple[str, ...] = tuple(MEASURED)) -> dict[str, float]:
        """Return macro-F1 in percent by set."""
        return {k: round(macro_f1(self.labels[k], predict(model, self.tokens[k], self.pad)), 1) for k in names}


def optimizer_of(model: StanceModel, lr: float, fall: float = 0.93) -> torch.optim.Optimizer:
    """Return AdamW with a learning rate that falls by ``fall`` from layer to layer downward, three times as high for the head."""
    depth = len(model.encoder.encoder.layer)
    groups = []
    for name, p in model.named_parameters():
        if p.requires_grad:
            number = next((int(part) for part in name.split(".") if part.isdigit()), 0)
            level = number if "encoder.layer" in name else depth * ("head" in name)
            groups.append(
                {"params": [p], "lr": lr * fall ** (depth - level) * (3 if "head" in name else 1), "weight_decay": 0.01 * (p.ndim > 1)}
            )
    return torch.optim.AdamW(groups, fused=True)
