"""What both stance models are trained with: one loop, with rounding from a point on; checkpoints; the command's common arguments."""

import argparse
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

from data import Row
from fakequant import FixedLinear, fix_ranges
from stance_model import HALF, Dev, StanceModel, batches, optimizer_of, padded

# The token ids of an epoch's rows, and the loss of some of them given their logits and indices.
Epoch = tuple[Sequence[list[int]], Callable[[torch.Tensor, list[int]], torch.Tensor]]
SEEN_BATCHES = 20  # batches whose inputs are kept to choose the ranges from


def learn(
    name: str, model: StanceModel, layers: list[FixedLinear], epochs: Sequence[Epoch], dev: Dev, work: Path, rng: random.Random, *,
    lr: float, batch: int, end: float = 0.0, warm_up: int = 100, fall: float = 0.93, fixed_from: float | None = None, done: int = 0, compiled: bool = False,
) -> None:  # fmt: skip
    """Train through the epochs, in place; the checkpoint ``work/name.pt`` is written along the way.

    Parameters
    ----------
    name : str
        Of the stage.
    model, layers : StanceModel, list of FixedLinear
        The network, and its layers that can round.
    epochs : sequence of Epoch
        Gone through in order.
    dev : Dev
        Measured on after each epoch.
    work : Path
        Folder for the checkpoint.
    rng : random.Random
        Shuffles.
    lr, end, warm_up, fall
        The learning rate rises for ``warm_up`` steps and falls linearly to its share ``end``; it is lower by ``fall`` from layer to layer downward.
    batch : int
        Rows a step.
    fixed_from : float, optional
        Share of the steps after which weights and inputs are rounded as shipped; where rounding is on already it stays on.
    done : int
        Epochs that a checkpoint has behind it; they are passed over.
    compiled : bool
        Whether the network is compiled first, which makes the small one a quarter faster (needs a C++ compiler).
    """
    if fixed_from is not None and not 0 < fixed_from < 1:
        raise ValueError(
            f"fixed_from is {fixed_from}: the ranges of the inputs are chosen from what passes before it, and the rest is trained with them"
        )
    optimizer = optimizer_of(model, lr, fall)
    total = sum(len(ids) // batch + 1 for ids, _ in epochs)
    start_fixed = total if fixed_from is None else round(fixed_from * total)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda s: min(1.0, (s + 1) / warm_up) * (1 - (1 - end) * min(1.0, s / total)))
    passed = sum(len(ids) // batch + 1 for ids, _ in epochs[:done])
    for _ in range(passed):
        schedule.step()
    if passed == start_fixed < total:
        raise ValueError(
            f"a checkpoint after {done} epochs stands where rounding begins (step {passed}), and has not seen any inputs: resume from an earlier one"
        )
    step, started, mean = passed, time.time(), 0.0
    FixedLinear.active = FixedLinear.active or step > start_fixed
    quick = torch.compile(model, dynamic=True) if compiled else model
    for epoch, (ids, loss_of) in enumerate(epochs[done:], done + 1):
        for index in batches([len(t) for t in ids], batch, rng):
            if not FixedLinear.active and step >= start_fixed - SEEN_BATCHES and fixed_from is not None:
                for layer in layers:
                    layer.seen = layer.seen or []
                if step >= start_fixed:
                    fix_ranges(layers)
                    FixedLinear.active = True
                    print(f"step {step}: rounding from here on", flush=True)
            looking = start_fixed - SEEN_BATCHES <= step < start_fixed  # layers that keep what they see are not compiled
            with torch.autocast(**HALF):
                logits = (model if looking else quick)(*padded([ids[i] for i in index], dev.pad))
            loss = loss_of(logits.float(), index)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
            step += 1
            mean = 0.98 * mean + 0.02 * loss.item()
            if step % 50 == 0:
                print(
                    f"{name} {epoch} step {step}/{total} loss {mean / (1 - 0.98 ** (step - passed)):.3f} {time.time() - started:.0f} s",
                    flush=True,
                )
            if step % 300 == 0:
                save(model, layers, work / f"{name}.pt")
        print(f"{name}, epoch {epoch}: {dev.measure(model)}", flush=True)
        save(model, layers, work / f"{name}.pt")


def loss_of_labels(logits: torch.Tensor, rows: list[Row]) -> torch.Tensor:
    """Return the weighted cross-entropy of stance, and 0.3 of that of tone where it is labelled.

    Doubtful rows give a share to neutral, and all labels are smoothed by 0.05.
    """
    labels, doubt = torch.tensor([r.label for r in rows]), torch.tensor([r.doubt for r in rows]).unsqueeze(1)
    goal = nn.functional.one_hot(labels, 3) * (1 - doubt) + doubt * torch.tensor([0.0, 1.0, 0.0])
    goal = 0.95 * goal + 0.05 / 3
    weight = torch.tensor([r.weight for r in rows])
    loss = (-(goal * logits[:, :3].log_softmax(1)).sum(1) * weight).sum() / weight.sum()
    toned = [i for i, r in enumerate(rows) if r.tone is not None]
    if toned:
        tone = nn.functional.cross_entropy(logits[toned, 3:], torch.tensor([rows[i].tone for i in toned]), reduction="sum")
        loss = loss + 0.3 * tone / len(rows)
    return loss


def save(model: StanceModel, layers: list[FixedLinear], path: Path) -> None:
    """Write a checkpoint: weights, and the ranges of the inputs."""
    torch.save({"weights": model.state_dict(), "ranges": [(layer.low, layer.high) for layer in layers]}, path)


def load(model: StanceModel, layers: list[FixedLinear], path: Path) -> None:
    """Read a checkpoint."""
    kept = torch.load(path)
    model.load_state_dict(kept["weights"])
    for layer, (low, high) in zip(layers, kept["ranges"], strict=True):
        layer.low, layer.high = low, high


def average(model: StanceModel, first: Path, second: Path, share: float) -> None:
    """Give the model the average of two checkpoints' weights, ``share`` of the second."""
    a, b = (torch.load(path)["weights"] for path in (first, second))
    model.load_state_dict({k: share * v + (1 - share) * a[k] if v.is_floating_point() else v for k, v in b.items()})


def arguments(description: str | None, encoder: str, layers: int, batch: int) -> argparse.ArgumentParser:
    """Return a parser of what both commands take, with these defaults."""
    p = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", type=Path, required=True, help="folder that holds gold/, data/ and corpora/")
    p.add_argument("--encoder", type=Path, required=True, help="folder of the pretrained encoder")
    p.add_argument("--encoder-name", default=encoder, help="what the model's config calls it")
    p.add_argument("--out", type=Path, required=True, help="model folder to write")
    p.add_argument("--work", type=Path, default=Path("training-work"), help="folder for checkpoints, outside the package")
    p.add_argument("--layers", type=int, default=layers)
    p.add_argument("--batch", type=int, default=batch)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--label-batches", type=int, metavar="N", help="only the first N batches of labels.csv; all without it")
    p.add_argument("--compile", action="store_true", help="compile the network before training")
    return p


def recipe(args: argparse.Namespace) -> dict[str, Any]:
    """Return what a model's config says of its training."""
    return {"seed": args.seed, "epochs": args.epochs, "lr": args.lr, "batch": args.batch, "layers": args.layers}
