"""Fine-tune MPNet to the stance of a statement's holder toward a marked target, with the rounding it is shipped with, and export it.

    python training/stance.py --data DATA --encoder MPNET --out src/analysis/models/stance

DATA holds ``gold/``, ``data/`` and ``corpora/`` as described in training/README.md. Three stages: the public sets with our own statements read without
their context; then our own statements, our further labels and written patterns, with a part of the public sets against forgetting. The weights of both are
averaged (65 % of the second; Wortsman et al. 2022), and a last short stage sets the average right on both kinds side by side. A further stage goes on from
there, or with ``--recover`` from a shipped file, which is how the shipped one was made, in several goes. Chooses and calibrates on the development sets only.
"""

import json
import random
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from calibrate import calibrate
from data import Row, dev_documents, gold_rows, label_rows, measuring_texts, outside, public_rows, without, written_rows
from export import export_stance
from fakequant import FixedLinear, make_fixed
from learning import Epoch, arguments, average, learn, load, loss_of_labels, recipe, save
from patterns import pattern_rows
from recover import recover
from stance_model import MAX_TOKENS, Dev, build, predict, tokens

NEUTRAL = 1


def number_of(row: Row) -> int:
    """Return a number that is the same for all rows of a statement."""
    return zlib.crc32(row.text.encode())


class Rows:
    """The rows to train on, and what is drawn from them for each epoch."""

    def __init__(self, data: Path, rng: random.Random, batches: int | None = None) -> None:
        banned = measuring_texts(data)
        self.rng = rng
        self.gold = without(gold_rows(data / "gold/train.jsonl"), banned, "gold train")
        labels = without(label_rows(Path(__file__).with_name("labels.csv"), data / "corpora", batches), banned, "further labels")
        labels = outside(labels, dev_documents(data), "further labels")
        # Every seventh tone is kept for measuring.
        self.labels = [r if number_of(r) % 7 else replace(r, tone=None) for r in labels]
        self.tones = [r for r in labels if r.tone is not None and number_of(r) % 7 == 0]
        self.written = without(written_rows(Path(__file__).with_name("written.jsonl")), banned, "written statements")
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

    def more(self, part: int) -> list[Row]:
        """Return a part of the stage that goes on from shipped weights: a third of NewsMTSC and of our further labels, half of gold, two thirds of what was written, patterns."""
        labels = self.partly(self.gold[part % 2 :: 2] + self.labels[part % 3 :: 3], 0.15)
        positions = [r for r in self.dse if r.label != NEUTRAL]
        written = [r for i, r in enumerate(self.written) if i % 3 != part % 3]
        patterns = [*pattern_rows(250, self.rng), *pattern_rows(200, self.rng, ("denial", "opponents", "irony"))]
        return [*self.news[part % 3 :: 3], *labels, *self.drawn(positions, 200), *written, *patterns]


def epoch_of(rows: list[Row], tokenizer: Any) -> Epoch:
    """Return rows as ``learn`` takes them."""
    return tokens(tokenizer, rows), lambda logits, index: loss_of_labels(logits, [rows[i] for i in index])


def masked(epoch: Epoch, rows: list[Row], seen_often: frozenset[str], tokenizer: Any, rng: random.Random, share: float = 0.1) -> Epoch:
    """Return an epoch in which the rows seen often, given by id, lack a share of their tokens: they would be learned by heart.

    Our own statements keep every word: in them a single "not" can decide.
    """
    ids, loss = epoch
    kept, hidden = set(tokenizer.all_special_ids), tokenizer.mask_token_id
    hide = [share if r.id in seen_often else 0.0 for r in rows]
    return [[hidden if rng.random() < h and t not in kept else t for t in row] for row, h in zip(ids, hide, strict=True)], loss


def main() -> None:
    """Train, calibrate, export."""
    p = arguments(__doc__, "all-mpnet-base-v2", layers=10, batch=16)
    p.add_argument("--resume", action="store_true", help="start from the first stage's checkpoint in the work folder")
    p.add_argument("--export-only", action="store_true", help="start from the last checkpoint")
    p.add_argument("--recover", type=Path, help="model.onnx to go on from, instead of the first three stages")
    p.add_argument("--frozen", type=int, default=2, help="lowest layers that are not trained")
    p.add_argument("--blend", type=float, default=0.6, help="share of what the last stage made in the average with what it began with")
    p.add_argument("--epochs", type=int, nargs=3, default=(2, 3, 3), help="of the first two stages, and parts of the last")
    p.add_argument("--share", type=float, default=0.65, help="share of the second stage's weights in the average")
    p.add_argument("--lr", type=float, nargs=4, default=(4.5e-5, 3.5e-5, 1.5e-5, 2e-5), help="of the four stages")
    p.add_argument("--fixed-from", type=float, default=0.55, help="share of the second stage after which all is rounded as shipped")
    args = p.parse_args()
    args.work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(args.seed)
    rng = random.Random(args.seed)
    model, tokenizer = build(args.encoder, args.layers, args.frozen)
    layers = make_fixed(model.encoder, four_bits=True)
    dev, rows = Dev(args.data, tokenizer), Rows(args.data, rng, args.label_batches)

    def stage(name: str, parts: list[list[Row]], lr: float, seen_often: frozenset[str] = frozenset(), **settings: Any) -> None:
        epochs = [masked(epoch_of(part, tokenizer), part, seen_often, tokenizer, rng) for part in parts]
        learn(name, model, layers, epochs, dev, args.work, rng, lr=lr, batch=args.batch, compiled=args.compile, **settings)

    if args.export_only:
        load(model, layers, args.work / "more.pt")  # the ranges; weights follow
    elif args.recover:
        recover(model, args.recover)
    else:
        if args.resume:
            load(model, layers, args.work / "public.pt")
        else:
            stage("public", [rows.public(i) for i in range(args.epochs[0])], args.lr[0], end=0.35)
        stage("own", [rows.own() for _ in range(args.epochs[1])], args.lr[1], fixed_from=args.fixed_from)
        average(model, args.work / "public.pt", args.work / "own.pt", args.share)
        stage("last", [rows.last()], args.lr[2], warm_up=10)
    FixedLinear.active = True
    if not args.export_only:
        save(model, layers, args.work / "before.pt")
        stage("more", [rows.more(i) for i in range(args.epochs[2])], args.lr[3], frozenset(r.id for r in rows.news), end=0.1, warm_up=50)
    for share in (args.blend,) if args.export_only else (0.5, 0.75, args.blend):
        average(model, args.work / "before.pt", args.work / "more.pt", share)
        print(f"{share:.2f} of the last stage: {dev.measure(model)}", flush=True)
    guess = predict(model, tokens(tokenizer, rows.tones), dev.pad)[:, 3:].argmax(1)
    right = sum(int(g) == r.tone for g, r in zip(guess, rows.tones, strict=True))
    print(f"tone: {right} of {len(rows.tones)} held-out statements right")
    config = {"pad": dev.pad, "max_tokens": MAX_TOKENS, **recipe(args)}
    export_stance(model.eval(), tokenizer, args.out, args.work, config, args.encoder_name)
    print(json.dumps(calibrate(args.out, args.data)))


if __name__ == "__main__":
    main()
