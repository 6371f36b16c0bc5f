"""Fine-tune a small encoder to mark source, cue and content of attributions and to link them, and export it.

    python training/attribution.py --data DATA --encoder ENCODER --out src/analysis/models/attribution

DATA holds ``polnear/train.jsonl`` and ``polnear/dev.jsonl``; ENCODER is a folder with a BERT-like or MPNet encoder in Hugging
Face format. Trains on train; chooses the decoding on dev.
"""

import argparse
import json
import math
import random
import time
from pathlib import Path

import torch
from tokenizers import Tokenizer
from transformers import AutoModel

from analysis.windows import encode
from attribution_data import ROLES, Window, disturb, windows
from attribution_export import export
from attribution_model import PAIR, AttributionModel, link_loss, span_loss
from attribution_tuning import TorchTagger, tune
from fakequant import RoundedLinear, make_rounded, settle


def parse() -> argparse.Namespace:
    """Return the command's arguments."""
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", type=Path, required=True, help="folder that holds polnear/")
    p.add_argument("--encoder", type=Path, required=True, help="folder of the pretrained encoder")
    p.add_argument("--out", type=Path, required=True, help="model folder to write")
    p.add_argument("--work", type=Path, default=Path("training-work"), help="folder for checkpoints, outside the package")
    p.add_argument("--layers", type=int, default=0, help="keep only so many of the encoder's lower layers; 0 for all")
    p.add_argument("--epochs", type=int, default=3)
    p.add_argument(
        "--steps", type=int, default=0, help="stop after so many steps, the learning rate falling until then; 0: after the epochs"
    )
    p.add_argument("--lr", type=float, default=5e-5)
    p.add_argument("--head-lr", type=float, default=1e-3)
    p.add_argument("--layer-decay", type=float, default=0.95, help="factor of the learning rate from each layer to the one below")
    p.add_argument("--batch", type=int, default=8)
    p.add_argument("--width", type=int, default=288, help="tokens in a window")
    p.add_argument("--overlap", type=int, default=64)
    p.add_argument(
        "--round-from",
        type=float,
        default=9.0,
        help="epoch from which weights are rounded to 4 bits in the forward pass; beyond the last: never",
    )
    p.add_argument("--articles", type=int, default=0, help="train on so many articles only, for trying things")
    p.add_argument("--seed", type=int, default=1)
    return p.parse_args()


def read(path: Path) -> list[dict]:
    """Return the articles of a JSON-lines file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def collate(batch: list[Window], first: int, separator: int, pad: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return token ids, shape codes and attention mask of shape (n, width)."""
    # Few different widths: every new one costs the CPU library seconds of preparation.
    width = (max(len(w.ids) for w in batch) + 2 + 31) // 32 * 32
    ids = torch.tensor([[first, *w.ids, separator, *[pad] * (width - 2 - len(w.ids))] for w in batch])
    shapes = torch.tensor([[0, *w.shape, *[0] * (width - 1 - len(w.ids))] for w in batch])
    mask = torch.tensor([[1] * (len(w.ids) + 2) + [0] * (width - 2 - len(w.ids)) for w in batch])
    return ids, shapes, mask


def optimizer_of(model: AttributionModel, lr: float, head_lr: float, layer_decay: float) -> torch.optim.Optimizer:
    """Return AdamW whose learning rate falls from the top layer downwards; the new parts have their own."""
    layers = len(model.encoder.encoder.layer)
    groups: dict[tuple[float, float], list[torch.nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        parts = name.split(".")
        depth = layers - int(parts[parts.index("layer") + 1]) if "layer" in parts else layers if name.startswith("encoder") else 0
        rate = head_lr if not name.startswith("encoder") else lr * layer_decay**depth
        groups.setdefault((rate, 0.01 if parameter.ndim > 1 else 0.0), []).append(parameter)
    return torch.optim.AdamW([{"params": p, "lr": rate, "weight_decay": decay} for (rate, decay), p in groups.items()], fused=True)


def main() -> None:
    """Train, choose the decoding on dev, round and export."""
    args = parse()
    random.seed(args.seed)
    torch.manual_seed(args.seed)
    torch.set_num_threads(2)
    rng = random.Random(args.seed)
    args.work.mkdir(parents=True, exist_ok=True)
    train, dev = read(args.data / "polnear/train.jsonl"), read(args.data / "polnear/dev.jsonl")
    train = train[: args.articles or len(train)]
    tokenizer = Tokenizer.from_file(str(args.encoder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    # Dropout inside the attention doubles the time of a step on a CPU and brought nothing.
    encoder = AutoModel.from_pretrained(args.encoder, attention_probs_dropout_prob=0.0)
    if args.layers:
        encoder.encoder.layer = encoder.encoder.layer[: args.layers]
        encoder.config.num_hidden_layers = args.layers
    encoder.pooler = None
    first, separator, pad = tokenizer.encode("").ids[0], tokenizer.encode("").ids[-1], encoder.config.pad_token_id
    quotes = {
        a: b
        for marks, plain in (("“”", '"'), ("‘’", "'"))
        for a in map(tokenizer.token_to_id, marks)
        if a is not None and (b := tokenizer.token_to_id(plain)) is not None
    }
    make_rounded(encoder)
    model = AttributionModel(encoder)
    tokens = [encode(a["text"], tokenizer, separator) for a in train]
    settings = {
        "encoder": args.encoder.name, "layers": encoder.config.num_hidden_layers, "seed": args.seed, "first": first, "separator": separator, "pad": pad,
        "width": args.width, "overlap": args.overlap, "pair": PAIR, "longest_span": 256,
        "threshold": {"source": 0.35, "cue": 0.35, "content": 0.35}, "cover": {"source": 0.2, "cue": 0.2, "content": 0.2},
        "spare": dict.fromkeys(ROLES, 1.0),
    }  # fmt: skip

    def epoch_batches() -> list[list[Window]]:
        packed = [w for a, t in zip(train, tokens, strict=True) for w in windows(a, t, args.width - 2, rng)]
        packed = sorted((disturb(w, quotes, rng) for w in packed), key=lambda w: len(w.ids) + rng.random() * 16)
        batches = [packed[i : i + args.batch] for i in range(0, len(packed), args.batch)]
        rng.shuffle(batches)
        return batches

    optimizer = optimizer_of(model, args.lr, args.head_lr, args.layer_decay)
    per_epoch = len(epoch_batches())
    steps = min(args.steps or args.epochs * per_epoch, args.epochs * per_epoch)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda s: min(1.0, (s + 1) / (0.08 * steps)) * max(0.02, 0.5 + 0.5 * math.cos(math.pi * min(1.0, s / steps)))
    )
    step, started, shown = 0, time.time(), [0.0, 0.0, 0]
    for epoch in range(args.epochs):
        model.train()
        for batch in epoch_batches()[: steps - step]:
            RoundedLinear.active = step >= args.round_from * per_epoch
            ids, shapes, mask = collate(batch, first, separator, pad)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                scores = model(ids, shapes, mask)
            scores = scores[:, 1:]
            n_lines = sum(len(w.lines) for w in batch)
            spans, links = span_loss(scores, batch) / n_lines, link_loss(model, scores, batch) / n_lines
            (spans + links).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad(set_to_none=True)
            step += 1
            shown = [shown[0] + float(spans.detach()), shown[1] + float(links.detach()), shown[2] + 1]
            if step % 50 == 0:
                print(
                    f"epoch {epoch} step {step}/{steps} spans {shown[0] / shown[2]:.3f} links {shown[1] / shown[2]:.3f} {time.time() - started:.0f} s",
                    flush=True,
                )
                shown = [0.0, 0.0, 0]
        torch.save(model.state_dict(), args.work / "model.pt")
        tagger = TorchTagger(model, tokenizer, settings)
        print(f"epoch {epoch} dev {json.dumps(tagger.score(dev))}", flush=True)
    RoundedLinear.active = False
    settle(model.encoder, layers=args.round_from < args.epochs)
    settings = tune(TorchTagger(model, tokenizer, settings), dev)
    export(model.eval(), tokenizer, args.out, args.work, settings, four_bits=args.round_from < args.epochs)


if __name__ == "__main__":
    main()
