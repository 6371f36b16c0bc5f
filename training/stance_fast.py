"""Distil the stance model into a small one: MiniLM, with as much of the context the teacher reads as a short statement leaves room for.

    python training/stance_fast.py --data DATA --encoder MINILM --teacher src/analysis/models/stance --out src/analysis/models/stance-fast

The student learns the teacher's logits (Hinton et al. 2015), the state it has them from and its states of the statement's tokens before (Romero et al. 2015) on everything the teacher was trained on and on sentences of the
corpora nobody has labelled, also toward persons and places that are none of our targets, and the labels where there are any; our own labelled and written statements in every epoch, all else in
turn. With ``--recover`` an earlier student goes on; with ``--doubts-of`` the teacher is asked mostly where that one is not sure of neutral. Chooses nothing; calibrates on gold dev.
"""

import json
import math
import random
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from analysis.embedded import EmbeddedClassifier
from calibrate import calibrate
from data import INVENTED, Row
from export import export_stance
from fakequant import FixedLinear, make_fixed
from learning import Epoch, arguments, learn, load, loss_of_labels, recipe
from patterns import pattern_rows
from recover import recover
from stance import NEUTRAL, Rows
from stance_model import MAX_TOKENS, Dev, build, tokens, with_room
from teacher import LOGITS, Teacher
from unlabelled import UNLABELLED, doubtful, unlabelled

TEMPERATURE = 2.0


def trim_positions(encoder: nn.Module, n: int) -> None:
    """Keep the first ``n`` position embeddings of a BERT, in place: no input is longer."""
    parts = encoder.embeddings
    parts.position_embeddings = nn.Embedding.from_pretrained(parts.position_embeddings.weight[:n].detach().clone())
    parts.position_ids, parts.token_type_ids = parts.position_ids[:, :n], parts.token_type_ids[:, :n]
    encoder.config.max_position_embeddings = n


def lesson(
    rows: list[Row],
    answers: torch.Tensor,
    token_states: list[np.ndarray],
    tokenizer: Any,
    room: int,
    state_weight: float,
    token_weight: float,
) -> Epoch:
    """Return an epoch of rows: what the teacher answered and held of each token, as ``Teacher.answers`` gives it, and the labels where there are any with weight 0.4.

    Its logits are learned at temperature 2, the components of its states by their squared error with the weights given: a sentence tells more by them than by three numbers
    (Romero et al. 2015). The tokens of the first segment are the same in both, where the teacher's is not cropped closer (a different number tells). The teacher gets weight 0
    where it misreads a pattern or a statement written for training and 0.3 where it contradicts a label of ours, elsewhere weight 1.
    """
    right = answers[:, :3].argmax(1) == torch.tensor([r.label for r in rows])
    otherwise = torch.tensor([0.0 if r.id.startswith(INVENTED) else 0.3 if r.ours else 1.0 for r in rows])
    trusted = torch.where(right, torch.ones(()), otherwise)
    behind, components = answers.shape[1], token_states[0].shape[1]

    def loss_of(out: torch.Tensor, index: list[int]) -> torch.Tensor:
        loss = torch.zeros(())
        for share, part in ((1.0, slice(0, 3)), (0.2, slice(3, LOGITS))):
            said, goal = (out[:, part] / TEMPERATURE).log_softmax(1), (answers[index, part] / TEMPERATURE).softmax(1)
            apart = nn.functional.kl_div(said, goal, reduction="none").sum(1)
            loss = loss + TEMPERATURE**2 * share * (apart * trusted[index]).mean()
        apart = (out[:, LOGITS:behind] - answers[index, LOGITS:]).square().sum(1)
        loss = loss + state_weight * (apart * trusted[index]).mean()
        said = out[:, behind:].unflatten(1, (-1, components))
        goal, there = torch.zeros_like(said), torch.zeros(said.shape[:2])
        for k, i in enumerate(index):
            if len(token_states[i]) == lengths[i]:
                goal[k, : lengths[i]], there[k, : lengths[i]] = torch.from_numpy(token_states[i]), 1.0
        apart = ((said - goal).square().sum(2) * there).sum(1) / there.sum(1).clamp(min=1.0)
        loss = loss + token_weight * (apart * trusted[index]).mean()
        labelled = [k for k, i in enumerate(index) if rows[i].label != UNLABELLED]
        return loss + 0.4 * loss_of_labels(out[labelled], [rows[index[k]] for k in labelled]) if labelled else loss

    ids = tokens(tokenizer, [with_room(r, room) for r in rows])
    lengths = [row.index(tokenizer.sep_token_id) + 1 for row in ids]
    alike = sum(len(states) == n for states, n in zip(token_states, lengths, strict=True))
    print(f"tokens: {len(rows)} rows, {len(rows) - alike} are cut otherwise for the teacher, {alike} have the same ones", flush=True)
    return ids, loss_of


def main() -> None:
    """Ask the teacher, train, calibrate, export."""
    p = arguments(__doc__, "all-MiniLM-L6-v2", layers=6, batch=32)
    p.add_argument("--teacher", type=Path, required=True, help="folder of the trained stance model")
    p.add_argument("--epochs", type=int, default=8)
    p.add_argument("--lr", type=float, default=3e-4)
    p.add_argument("--recover", type=Path, help="folder of an earlier student to go on from")
    p.add_argument("--doubts-of", type=Path, help="folder of an earlier student, whose doubts choose what the teacher is asked")
    p.add_argument("--most", type=int, default=25_000, help="sentences of each kind nobody has labelled")
    p.add_argument(
        "--whole", type=int, default=2, help="lowest layers that read all tokens; those above read the statement and the mention"
    )
    p.add_argument("--room", type=int, default=380, help="characters that statement and context may have together")
    p.add_argument(
        "--components", type=int, default=64, help="principal components of the teacher's state that are learned beside its answers"
    )
    p.add_argument("--state-weight", type=float, default=1.0, help="of their squared error")
    p.add_argument(
        "--token-components", type=int, default=96, help="principal components of the teacher's state of each token, learned too"
    )
    p.add_argument("--token-weight", type=float, default=1.0, help="of their squared error")
    p.add_argument(
        "--layer", type=int, default=8, help="layer of the teacher after which those are taken; told by the student before its last"
    )
    p.add_argument("--turns", type=int, default=2, help="epochs in which all that is not ours is gone through once")
    p.add_argument("--minutes", type=float, default=math.inf, help="after which the teacher is not asked any more")
    p.add_argument("--ask-only", action="store_true", help="only ask the teacher")
    p.add_argument("--fixed-from", type=float, default=0.6, help="share of the steps after which all is rounded as shipped")
    p.add_argument("--resume", type=int, default=0, metavar="N", help="go on from the checkpoint in the work folder, written after epoch N")
    args = p.parse_args()
    if min(args.components, args.token_components) < 1:
        p.error(
            f"--components is {args.components} and --token-components {args.token_components}: expected 1 or more; a weight of 0 leaves them unlearned"
        )
    args.work.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(args.seed)
    torch.set_flush_denormal(True)
    rng = random.Random(args.seed)
    # The same for one seed, whatever else is drawn: the teacher's answers stay of use.
    ours, others = unlabelled(args.data, random.Random(args.seed))
    print(f"unlabelled: {len(ours)} sentences with a target, {len(others)} with another name", flush=True)
    if args.doubts_of:
        student = EmbeddedClassifier(args.doubts_of)
        ours, others = (doubtful(rng.sample(part, min(len(part), 60_000)), student) for part in (ours, others))
        print(f"unlabelled: {len(ours)} and {len(others)} of them doubtful, or the fifth of the others", flush=True)
    own = Rows(args.data, rng, args.label_batches)
    positions = own.drawn([r for r in own.dse if r.label != NEUTRAL], 1500)
    far = [*own.news, *positions, *pattern_rows(3000, rng)]
    near = [*own.written, *own.gold, *own.labels]
    rows = [*near, *far, *own.drawn(ours, args.most), *own.drawn(others, args.most)]
    told, token_states = Teacher(args.teacher, args.work, args.components, args.token_components, args.layer).answers(rows, args.minutes)
    answers = torch.tensor(told)
    asked = [i for i, answer in enumerate(answers[:, 0].tolist()) if not math.isnan(answer)]
    print(f"rows: {len(rows)}, {len(rows) - len(asked)} the teacher was not asked about, {len(asked)} kept", flush=True)
    if args.ask_only:
        return
    model, tokenizer = build(args.encoder, args.layers, frozen=0, whole=args.whole)
    trim_positions(model.encoder, MAX_TOKENS)
    for module in model.encoder.modules():
        if isinstance(module, nn.Dropout):
            module.p = (
                0.0  # the teacher's doubts keep a small student from learning by heart, and random numbers take a quarter of the time
            )
    layers = make_fixed(model.encoder, four_bits=True)
    dev = Dev(args.data, tokenizer, args.room)
    always, sometimes = [i for i in asked if i < len(near)], [i for i in asked if i >= len(near)]
    drawn = [[*always, *sometimes[epoch % args.turns :: args.turns]] for epoch in range(args.epochs)]
    epochs = [
        lesson(
            [rows[i] for i in part], answers[part], [token_states[i] for i in part], tokenizer, args.room, args.state_weight, args.token_weight,
        )
        for part in drawn
    ]  # fmt: skip
    if args.recover:
        recover(model, args.recover / "model.onnx")
        FixedLinear.active = True
    model.set_auxiliary_heads(args.components, args.token_components)
    if args.resume:
        load(model, layers, args.work / "fast.pt")
    learn(
        "fast", model, layers, epochs, dev, args.work, rng, lr=args.lr, batch=args.batch, warm_up=150, fall=0.9, fixed_from=args.fixed_from, done=args.resume,
        compiled=args.compile,
    )  # fmt: skip
    model.set_auxiliary_heads(0, 0)
    config = {
        "pad": dev.pad,
        "max_tokens": MAX_TOKENS,
        "room": args.room,
        "whole_layers": args.whole,
        "tokens_a_batch": 2048,
        **recipe(args),
    }
    export_stance(model.eval(), tokenizer, args.out, args.work, config, args.encoder_name)
    print(json.dumps(calibrate(args.out, args.data)))


if __name__ == "__main__":
    main()
