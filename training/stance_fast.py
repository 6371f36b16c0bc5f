"""Distil the stance model into a small one: MiniLM, its statements without the context the teacher reads.

    python training/stance_fast.py --data DATA --encoder MINILM --teacher src/analysis/models/stance --out src/analysis/models/stance-fast

The student learns the teacher's logits (Hinton et al. 2015) on everything the teacher was trained on and on sentences of the corpora nobody has
labelled, and the labels where there are any. Chooses nothing; calibrates on gold dev.
"""

import argparse
import json
import random
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import nn

from analysis.config import load_config
from analysis.inference import OnnxModel
from analysis.pairs import encode_pair
from analysis.sentences import sentence_spans
from analysis.targets import finder
from data import Row, fold, measuring_texts, read_jsonl
from export import export_stance
from fakequant import FixedLinear, fix_ranges, make_fixed
from patterns import pattern_rows
from stance import Rows, loss_of
from stance_model import MAX_TOKENS, Dev, batches, build, calibrated, optimizer_of, padded, tokens

HEAT = 2.0
UNLABELLED = -1


def unlabelled(data: Path, n: int, rng: random.Random) -> list[Row]:
    """Return ``n`` sentences of the corpora that name a target, at most ten a document; their labels are unknown."""
    finders = [finder(target) for target in load_config().targets]
    banned, rows = measuring_texts(data), []
    held = {r["doc_id"] for r in read_jsonl(data / "gold/dev.jsonl")}
    for path in sorted((data / "corpora").glob("*.jsonl")):
        for d in read_jsonl(path):
            if d["doc_id"] in held:
                continue
            text = d["text"][:20_000]
            spans, found = sentence_spans(text), []
            for i, (a, b) in enumerate(spans):
                context = text[spans[max(0, i - 2)][0] : a].rstrip()
                named = [m[0] for find in finders if 40 < b - a < 500 and (m := find(text[a:b], context))]
                if named and fold(text[a:b]) not in banned:
                    found += [
                        Row(f"{d['doc_id']}:{a}", text[a:b], m.start, m.end, d["speaker"] or "", context, UNLABELLED, 0.0) for m in named
                    ]
            rows += rng.sample(found, min(10, len(found)))
    return rng.sample(rows, min(n, len(rows)))


def taught(teacher: OnnxModel, rows: list[Row]) -> np.ndarray:
    """Return the teacher's logits, shape (n, 6)."""
    started, done = time.time(), 0

    def progress(n: int) -> None:
        nonlocal done
        before, done = done // 2000, done + n
        if done // 2000 > before:
            print(f"teacher: {done}/{len(rows)} {time.time() - started:.0f} s", flush=True)

    return teacher.run([encode_pair(r.text, r.start, r.end, r.holder, r.context, in_context=r.in_context) for r in rows], progress)


def parse() -> argparse.Namespace:
    """Return the command's arguments."""
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", type=Path, required=True, help="folder that holds gold/, data/ and corpora/")
    p.add_argument("--encoder", type=Path, required=True, help="folder of the pretrained encoder")
    p.add_argument("--encoder-name", default="all-MiniLM-L6-v2", help="what the model's config calls it")
    p.add_argument("--teacher", type=Path, required=True, help="folder of the trained stance model")
    p.add_argument("--out", type=Path, required=True, help="model folder to write")
    p.add_argument("--work", type=Path, default=Path("training-work"), help="folder for checkpoints, outside the package")
    p.add_argument("--layers", type=int, default=6)
    p.add_argument("--epochs", type=int, default=3)
    p.add_argument("--lr", type=float, default=2e-4)
    p.add_argument("--batch", type=int, default=32)
    p.add_argument("--unlabelled", type=int, default=7000)
    p.add_argument(
        "--fixed-from", type=float, default=0.6, help="share of the training after which weights and inputs are rounded as shipped"
    )
    p.add_argument("--seed", type=int, default=1)
    return p.parse_args()


def main() -> None:
    """Ask the teacher, train, calibrate, export."""
    args = parse()
    args.work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(args.seed)
    rng = random.Random(args.seed)
    kept = args.work / "taught.npz"
    own = Rows(args.data, rng)
    positions = [r for r in own.dse if r.label != 1]
    rows = [
        *own.gold, *own.labels, *own.news, *own.drawn(positions, 1500), *pattern_rows(2500, rng), *unlabelled(args.data, args.unlabelled, rng),
    ]  # fmt: skip
    if kept.exists():
        logits = np.load(kept)["logits"]
    else:
        logits = taught(OnnxModel(args.teacher), rows)
        np.savez(kept, logits=logits)
    if len(logits) != len(rows):
        raise SystemExit(f"{kept}: {len(logits)} rows for {len(rows)}; remove it and start again")
    model, tokenizer = build(args.encoder, args.layers, frozen=0)
    layers = make_fixed(model.encoder, four_bits=False)
    dev = Dev(args.data, tokenizer, context=False)
    short = [r if r.in_context else replace(r, context="") for r in rows]
    ids = tokens(tokenizer, short)
    goal = torch.tensor(logits, dtype=torch.float32)
    total = args.epochs * (len(rows) // args.batch + 1)
    optimizer = optimizer_of(model, args.lr, fall=0.9)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min(1.0, (s + 1) / 150) * max(0.0, 1 - s / total))
    step, started, mean = 0, time.time(), 0.0
    for epoch in range(1, args.epochs + 1):
        for index in batches([len(t) for t in ids], args.batch, rng):
            if not FixedLinear.active and step >= args.fixed_from * total - 20:
                for layer in layers:
                    layer.seen = layer.seen or []
                if step >= args.fixed_from * total:
                    fix_ranges(layers)
                    FixedLinear.active = True
                    print(f"step {step}: rounding from here on", flush=True)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                out = model(*padded([ids[i] for i in index], tokenizer.pad_token_id)).float()
            told = goal[index]
            loss = sum(
                HEAT**2 * share * nn.functional.kl_div((out[:, part] / HEAT).log_softmax(1), (told[:, part] / HEAT).softmax(1), reduction="batchmean")
                for share, part in ((1.0, slice(0, 3)), (0.2, slice(3, 6)))
            )  # fmt: skip
            labelled = [i for i in index if rows[i].label != UNLABELLED]
            if labelled:
                loss = loss + 0.4 * loss_of(
                    out[[k for k, i in enumerate(index) if rows[i].label != UNLABELLED]], [rows[i] for i in labelled]
                )
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            step += 1
            mean = 0.98 * mean + 0.02 * loss.item()
            if step % 100 == 0:
                print(f"{epoch} step {step}/{total} loss {mean / (1 - 0.98**step):.3f} {time.time() - started:.0f} s", flush=True)
        print(f"epoch {epoch}: {dev.measure(model)}", flush=True)
        torch.save({"weights": model.state_dict(), "ranges": [(layer.low, layer.high) for layer in layers]}, args.work / "fast.pt")
    config = {
        **calibrated(model, dev),
        "max_tokens": MAX_TOKENS,
        "context": 0,
        "seed": args.seed,
        "epochs": args.epochs,
        "lr": args.lr,
        "layers": args.layers,
    }
    export_stance(model.eval(), tokenizer, args.out, args.work, config, args.encoder_name)
    print(json.dumps(config))


if __name__ == "__main__":
    main()
