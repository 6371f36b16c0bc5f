"""Fine-tune MPNet to the stance of a statement's holder toward a marked target, with the rounding it is shipped with, and export it.

    python training/stance.py --data DATA --encoder MPNET --out src/analysis/models/stance

DATA holds ``gold/``, ``data/`` and ``corpora/`` as described in training/README.md. Three stages: the public sets with our own statements read without
their context; then our own statements, our further labels and written patterns, with a part of the public sets against forgetting. The weights of both are
averaged (65 % of the second; Wortsman et al. 2022), and a last short stage sets the average right on both kinds side by side. Chooses and calibrates on the
development sets only.
"""

import argparse
import json
import random
import time
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from torch import nn

from data import Row, gold_rows, label_rows, measuring_texts, public_rows, without
from export import export_stance
from fakequant import FixedLinear, fix_ranges, make_fixed
from patterns import pattern_rows
from stance_model import MAX_TOKENS, Dev, StanceModel, batches, build, calibrated, optimizer_of, padded, predict, tokens

NEUTRAL = 1


def fold_number(row: Row) -> int:
    """Return a number that is the same for all rows of a statement."""
    return zlib.crc32(row.text.encode())


class Rows:
    """The rows to train on, and what is drawn from them for each epoch."""

    def __init__(self, data: Path, rng: random.Random) -> None:
        banned = measuring_texts(data)
        self.rng = rng
        self.gold = without(gold_rows(data / "gold/train.jsonl"), banned, "gold train")
        labels = without(label_rows(Path(__file__).with_name("labels.csv"), data / "corpora"), banned, "further labels")
        # Every seventh tone is kept for measuring.
        self.labels = [r if fold_number(r) % 7 else replace(r, tone=None) for r in labels]
        self.tones = [r for r in labels if r.tone is not None and fold_number(r) % 7 == 0]
        self.news = without(public_rows(data / "data/newsmtsc/train.jsonl"), banned, "NewsMTSC train")
        self.dse = without(public_rows(data / "data/dse2qa/train.jsonl", neutral_weight=0.5), banned, "DSE2QA train")

    def drawn(self, rows: list[Row], n: int) -> list[Row]:
        """Return ``n`` rows drawn at random."""
        return self.rng.sample(rows, min(n, len(rows)))

    def partly(self, rows: list[Row], context: float) -> list[Row]:
        """Return rows without holder in 15 % and without context in a share ``context`` of the cases: the model must work without them."""
        return [
            replace(
                r, holder="" if self.rng.random() < 0.15 else r.holder, context="" if self.rng.random() < context and not r.in_context else r.context
            )
            for r in rows
        ]  # fmt: skip

    def public(self, part: int) -> list[Row]:
        """Return an epoch of the first stage: NewsMTSC, a little DSE2QA, half of gold read without context."""
        positions, neutral = [r for r in self.dse if r.label != NEUTRAL], [r for r in self.dse if r.label == NEUTRAL]
        return [*self.news, *self.drawn(positions, 1000), *self.drawn(neutral, 500), *self.partly(self.gold[part::2], 1.0)]

    def own(self) -> list[Row]:
        """Return an epoch of the second stage: all of gold, half of the further labels, a part of the public sets, patterns."""
        positions = [r for r in self.dse if r.label != NEUTRAL]
        news = [replace(r, weight=0.7 * r.weight) for r in self.drawn(self.news, 2000)]
        labels = self.drawn(self.labels, len(self.labels) // 2)
        return [*self.partly(self.gold + labels, 0.15), *news, *self.drawn(positions, 300), *pattern_rows(800, self.rng)]

    def last(self) -> list[Row]:
        """Return the rows of the last stage."""
        labels = self.partly(self.drawn(self.gold, 750) + self.drawn(self.labels, 250), 0.1)
        return [*self.drawn(self.news, 1500), *labels, *pattern_rows(120, self.rng)]


def loss_of(logits: torch.Tensor, rows: list[Row]) -> torch.Tensor:
    """Return the weighted cross-entropy of stance, and 0.3 of that of tone where it is labelled.

    Doubtful rows give a share to neutral, and all labels are smoothed by 0.05.
    """
    labels, doubt = torch.tensor([r.label for r in rows]), torch.tensor([r.doubt for r in rows]).unsqueeze(1)
    goal = nn.functional.one_hot(labels, 3) * (1 - doubt) + doubt * torch.tensor([0.0, 1.0, 0.0])
    goal = 0.95 * goal + 0.05 / 3
    weight = torch.tensor([r.weight for r in rows])
    loss = (-(goal * logits[:, :3].float().log_softmax(1)).sum(1) * weight).sum() / weight.sum()
    toned = [i for i, r in enumerate(rows) if r.tone is not None]
    if toned:
        tone = nn.functional.cross_entropy(logits[toned, 3:].float(), torch.tensor([rows[i].tone for i in toned]), reduction="sum")
        loss = loss + 0.3 * tone / len(rows)
    return loss


def stage(
    name: str, model: StanceModel, tokenizer: Any, epochs: list[list[Row]], lr: float, end: float, batch: int, fixed_from: float, layers: list[FixedLinear],
    dev: Dev, work: Path, rng: random.Random, warm_up: int = 100,
) -> None:  # fmt: skip
    """Train through ``epochs`` with a learning rate that falls from ``lr`` to its share ``end``; rounding as shipped begins at the share ``fixed_from``."""
    optimizer = optimizer_of(model, lr)
    total = sum(len(e) // batch + 1 for e in epochs)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min(1.0, (s + 1) / warm_up) * (1 - (1 - end) * s / total))
    step, started, mean = 0, time.time(), 0.0
    for epoch, rows in enumerate(epochs, 1):
        ids = tokens(tokenizer, rows)
        for index in batches([len(t) for t in ids], batch, rng):
            if not FixedLinear.active and step >= fixed_from * total - 20:
                for layer in layers:
                    layer.seen = layer.seen or []
                if step >= fixed_from * total:
                    fix_ranges(layers)
                    FixedLinear.active = True
                    print(f"step {step}: rounding from here on", flush=True)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                logits = model(*padded([ids[i] for i in index], tokenizer.pad_token_id))
            loss = loss_of(logits, [rows[i] for i in index])
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            step += 1
            mean = 0.98 * mean + 0.02 * loss.item()
            if step % 50 == 0:
                print(f"{name} {epoch} step {step}/{total} loss {mean / (1 - 0.98**step):.3f} {time.time() - started:.0f} s", flush=True)
            if step % 300 == 0:
                save(model, layers, work / f"{name}.pt")
        print(f"{name}, epoch {epoch}: {dev.measure(model)}", flush=True)
        save(model, layers, work / f"{name}.pt")


def average(model: StanceModel, first: Path, second: Path, share: float) -> None:
    """Give the model the average of two checkpoints' weights, ``share`` of the second."""
    a, b = (torch.load(path)["weights"] for path in (first, second))
    model.load_state_dict({k: share * v + (1 - share) * a[k] if k in a and v.is_floating_point() else v for k, v in b.items()})


def save(model: StanceModel, layers: list[FixedLinear], path: Path) -> None:
    """Write a checkpoint: weights, and the ranges of the inputs."""
    torch.save({"weights": model.state_dict(), "ranges": [(layer.low, layer.high) for layer in layers]}, path)


def load(model: StanceModel, layers: list[FixedLinear], path: Path) -> None:
    """Read a checkpoint."""
    kept = torch.load(path)
    model.load_state_dict(kept["weights"], strict=False)
    for layer, (low, high) in zip(layers, kept["ranges"], strict=True):
        layer.low, layer.high = low, high


def parse() -> argparse.Namespace:
    """Return the command's arguments."""
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", type=Path, required=True, help="folder that holds gold/, data/ and corpora/")
    p.add_argument("--encoder", type=Path, required=True, help="folder of the pretrained encoder")
    p.add_argument("--encoder-name", default="all-mpnet-base-v2", help="what the model's config calls it")
    p.add_argument("--out", type=Path, required=True, help="model folder to write")
    p.add_argument("--work", type=Path, default=Path("training-work"), help="folder for checkpoints, outside the package")
    p.add_argument("--resume", action="store_true", help="start from the first stage's checkpoint in the work folder")
    p.add_argument("--export-only", action="store_true", help="start from the last stage's")
    p.add_argument("--layers", type=int, default=10)
    p.add_argument("--frozen", type=int, default=2, help="lowest layers that are not trained")
    p.add_argument("--epochs", type=int, nargs=2, default=(2, 3), help="of the first two stages")
    p.add_argument("--share", type=float, default=0.65, help="share of the second stage's weights in the average")
    p.add_argument("--lr", type=float, nargs=3, default=(4.5e-5, 3.5e-5, 1.5e-5), help="of the three stages")
    p.add_argument(
        "--fixed-from", type=float, default=0.55, help="share of the second stage after which weights and inputs are rounded as shipped"
    )
    p.add_argument("--batch", type=int, default=16)
    p.add_argument("--seed", type=int, default=1)
    return p.parse_args()


def main() -> None:
    """Train, calibrate, export."""
    args = parse()
    args.work.mkdir(parents=True, exist_ok=True)
    random.seed(args.seed)
    torch.manual_seed(args.seed)
    rng = random.Random(args.seed)
    model, tokenizer = build(args.encoder, args.layers, args.frozen)
    layers = make_fixed(model.encoder, four_bits=True)
    dev = Dev(args.data, tokenizer)
    common = {"tokenizer": tokenizer, "batch": args.batch, "layers": layers, "dev": dev, "work": args.work, "rng": rng}
    if args.export_only:
        load(model, layers, args.work / "last.pt")
    else:
        rows = Rows(args.data, rng)
        if args.resume:
            load(model, layers, args.work / "public.pt")
        else:
            epochs = [rows.public(i) for i in range(args.epochs[0])]
            stage("public", model, epochs=epochs, lr=args.lr[0], end=0.35, fixed_from=9.0, **common)
        epochs = [rows.own() for _ in range(args.epochs[1])]
        stage("own", model, epochs=epochs, lr=args.lr[1], end=0.0, fixed_from=args.fixed_from, **common)
        average(model, args.work / "public.pt", args.work / "own.pt", args.share)
        stage("last", model, epochs=[rows.last()], lr=args.lr[2], end=0.0, fixed_from=9.0, warm_up=10, **common)
    FixedLinear.active = True
    tones = Rows(args.data, rng).tones
    guess = predict(model, tokens(tokenizer, tones), dev.pad)[:, 3:].argmax(1)
    print(f"tone: {sum(int(g) == r.tone for g, r in zip(guess, tones, strict=True))} of {len(tones)} held-out statements right")
    config = {
        **calibrated(model, dev),
        "max_tokens": MAX_TOKENS,
        "seed": args.seed,
        "epochs": args.epochs,
        "lr": args.lr,
        "layers": args.layers,
    }
    export_stance(model.eval(), tokenizer, args.out, args.work, config, args.encoder_name)
    print(json.dumps(config))


if __name__ == "__main__":
    main()
