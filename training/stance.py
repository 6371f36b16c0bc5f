"""Fine-tune a small encoder to the stance of a statement toward a marked target, and export it.

    python training/stance.py --data DATA --encoder ENCODER --out src/analysis/models/stance

DATA holds ``gold/`` and ``data/`` as described in training/README.md; ENCODER is a folder with a BERT-like encoder in
Hugging Face format. Trains on gold train, NewsMTSC train and DSE2QA train; chooses and calibrates on gold dev only.
"""

import argparse
import json
import math
import random
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from transformers import AutoModel, AutoTokenizer

from analysis.pairs import MARKERS, encode_pair
from data import CLASSES, Row, gold_rows, measuring_texts, public_rows, without
from export import export_stance

MAX_TOKENS = 192


class StanceModel(nn.Module):
    """Encoder, then mean of all tokens beside mean of the two target markers, then three logits."""

    def __init__(self, encoder: nn.Module, marker_ids: tuple[int, int]):
        super().__init__()
        self.encoder = encoder
        self.marker_ids = marker_ids
        self.head = nn.Sequential(nn.Dropout(0.1), nn.Linear(2 * encoder.config.hidden_size, len(CLASSES)))

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
        """Return logits of shape (n, 3) in the order against, neutral, favor."""
        hidden = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state.float()
        everywhere = attention_mask.unsqueeze(-1).float()
        marked = ((input_ids == self.marker_ids[0]) | (input_ids == self.marker_ids[1])).unsqueeze(-1).float()
        pooled = [(hidden * m).sum(1) / m.sum(1).clamp(min=1.0) for m in (everywhere, marked)]
        return self.head(torch.cat(pooled, dim=-1))


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


def predict(model: nn.Module, tokens: list[list[int]], pad: int) -> np.ndarray:
    """Return logits of shape (n, 3)."""
    model.eval()
    out = np.zeros((len(tokens), len(CLASSES)))
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        for index in batches([len(t) for t in tokens], 32, random.Random(0)):
            out[index] = model(*padded([tokens[i] for i in index], pad)).float().numpy()
    model.train()
    return out


def macro_f1(labels: np.ndarray, logits: np.ndarray) -> float:
    """Return macro-averaged F1 in percent."""
    guess = logits.argmax(1)
    scores = [2 * ((guess == c) & (labels == c)).sum() / max(1, (guess == c).sum() + (labels == c).sum()) for c in range(len(CLASSES))]
    return 100 * float(np.mean(scores))


def fit_temperature(labels: np.ndarray, logits: np.ndarray) -> float:
    """Return the temperature with the least negative log-likelihood (Guo et al. 2017)."""

    def loss(t: float) -> float:
        z = logits / t
        z = z - z.max(1, keepdims=True)
        return float(-(z[np.arange(len(z)), labels] - np.log(np.exp(z).sum(1))).mean())

    return float(min(np.exp(np.linspace(math.log(0.3), math.log(5), 200)), key=loss))


def parse() -> argparse.Namespace:
    """Return the command's arguments."""
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", type=Path, required=True, help="folder that holds gold/ and data/")
    p.add_argument("--encoder", type=Path, required=True, help="folder of the pretrained encoder")
    p.add_argument("--encoder-name", default="all-MiniLM-L6-v2", help="what the model's config calls it")
    p.add_argument("--out", type=Path, required=True, help="model folder to write")
    p.add_argument("--work", type=Path, default=Path("training-work"), help="folder for checkpoints, outside the package")
    p.add_argument("--epochs", type=int, default=4)
    p.add_argument("--lr", type=float, default=8e-5)
    p.add_argument("--batch", type=int, default=16)
    p.add_argument("--gold-copies", type=int, default=2, help="times each gold row is seen in an epoch")
    p.add_argument("--dse-rows", type=int, default=3600, help="DSE2QA rows drawn anew for each epoch, a third of them neutral")
    p.add_argument("--seed", type=int, default=1)
    return p.parse_args()


def main() -> None:
    """Train, choose the best epoch on gold dev, calibrate, export."""
    args = parse()
    random.seed(args.seed)
    torch.manual_seed(args.seed)
    rng = random.Random(args.seed)
    banned = measuring_texts(args.data)
    gold = without(gold_rows(args.data / "gold/train.jsonl"), banned, "gold train")
    news = without(public_rows(args.data / "data/newsmtsc/train.jsonl"), banned, "NewsMTSC train")
    dse = without(public_rows(args.data / "data/dse2qa/train.jsonl", neutral_weight=0.5), banned, "DSE2QA train")
    dev = {
        "gold dev": gold_rows(args.data / "gold/dev.jsonl"),
        "rw-dev": public_rows(args.data / "data/newsmtsc/rw-dev.jsonl"),
        "mt-dev": public_rows(args.data / "data/newsmtsc/mt-dev.jsonl"),
    }
    tokenizer = AutoTokenizer.from_pretrained(args.encoder)
    tokenizer.add_special_tokens({"additional_special_tokens": list(MARKERS)})
    marker_ids = tuple(tokenizer.convert_tokens_to_ids(list(MARKERS)))
    pad = tokenizer.pad_token_id

    def tokens(rows: list[Row]) -> list[list[int]]:
        pairs = [encode_pair(r.text, r.start, r.end, r.holder, r.context) for r in rows]
        return tokenizer([a for a, _ in pairs], [b for _, b in pairs], truncation="longest_first", max_length=MAX_TOKENS)["input_ids"]

    model = StanceModel(AutoModel.from_pretrained(args.encoder), marker_ids)
    dev_tokens = {name: tokens(rows) for name, rows in dev.items()}
    dev_labels = {name: np.array([r.label for r in rows]) for name, rows in dev.items()}

    neutral, positions = [r for r in dse if r.label == 1], [r for r in dse if r.label != 1]

    def epoch_rows() -> list[Row]:
        return gold * args.gold_copies + news + rng.sample(positions, args.dse_rows * 2 // 3) + rng.sample(neutral, args.dse_rows // 3)

    steps = args.epochs * (len(epoch_rows()) // args.batch + 1)
    decay = [p for p in model.parameters() if p.ndim > 1]
    plain = [p for p in model.parameters() if p.ndim <= 1]
    optimizer = torch.optim.AdamW([{"params": decay, "weight_decay": 0.01}, {"params": plain, "weight_decay": 0.0}], lr=args.lr, fused=True)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min(1.0, (s + 1) / (0.06 * steps)) * max(0.0, 1 - s / steps))
    loss_of = nn.CrossEntropyLoss(label_smoothing=0.05, reduction="none")
    average = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.998))
    best, step, started = (-1.0, None, 0), 0, time.time()
    for epoch in range(args.epochs):
        rows = epoch_rows()
        # A holder or a context that is sometimes missing teaches the model to work without them.
        seen = [
            Row(
                r.id,
                r.text,
                r.start,
                r.end,
                r.holder if rng.random() > 0.15 else "",
                r.context if rng.random() > 0.2 else "",
                r.label,
                r.weight,
            )
            for r in rows
        ]
        ids = tokens(seen)
        for index in batches([len(t) for t in ids], args.batch, rng):
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = model(*padded([ids[i] for i in index], pad))
            weight = torch.tensor([seen[i].weight for i in index])
            loss = (loss_of(logits.float(), torch.tensor([seen[i].label for i in index])) * weight).sum() / weight.sum()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            average.update_parameters(model)
            step += 1
            if step % 100 == 0:
                print(f"epoch {epoch + 1} step {step}/{steps} loss {loss.item():.3f} {time.time() - started:.0f} s", flush=True)
        scores = {name: macro_f1(dev_labels[name], predict(average.module, dev_tokens[name], pad)) for name in dev}
        print(f"epoch {epoch + 1}: " + ", ".join(f"{k} {v:.1f}" for k, v in scores.items()), flush=True)
        chosen = scores["gold dev"] + 0.5 * (scores["rw-dev"] + scores["mt-dev"])
        if chosen > best[0]:
            best = (chosen, {k: v.clone() for k, v in average.module.state_dict().items()}, epoch + 1)
            args.work.mkdir(parents=True, exist_ok=True)
            torch.save(best[1], args.work / "checkpoint.pt")
    model.load_state_dict(best[1])
    temperature = fit_temperature(dev_labels["gold dev"], predict(model, dev_tokens["gold dev"], pad))
    config = {"temperature": round(temperature, 4), "threshold": 0.0, "max_tokens": MAX_TOKENS, "labels": list(CLASSES)}
    export_stance(model.eval(), tokenizer, args.out, {**config, "seed": args.seed, "epochs": best[2], "lr": args.lr}, args.encoder_name)
    print(json.dumps({"temperature": temperature, "seconds": round(time.time() - started)}))


if __name__ == "__main__":
    main()
