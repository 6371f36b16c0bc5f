"""The teacher the fast model learns from: the logits of the default, the pooled hidden state of its larger network and what that holds of each token."""

import hashlib
import json
import random
import time
from collections.abc import Sequence
from pathlib import Path
from shutil import copyfile

import numpy as np
import onnx
from onnx import helper

from analysis.classifiers import Pair
from analysis.embedded import EmbeddedClassifier
from analysis.inference import TOKENS_A_BATCH, OnnxModel, batches, padded
from data import Row, pair_of
from fakequant import LIMIT

LOGITS = 6
CHUNK = 1000  # rows asked at a time
KEPT_EVERY = 5  # chunks, after which what was answered is written


def with_state(folder: Path, into: Path, layer: int) -> Path:
    """Write a copy of a model folder whose network gives its pooled state behind the logits, shape (n, 6 + 2 sizes), and the states of the tokens after ``layer``; return it."""
    into.mkdir(parents=True, exist_ok=True)
    for name in ("tokenizer.json", "config.json"):
        copyfile(folder / name, into / name)
    model = onnx.load(str(folder / "model.onnx"))
    head = next(node for node in model.graph.node if node.op_type == "Gemm" and node.input[1].startswith("head."))
    width = next(t.dims[1] for t in model.graph.initializer if t.name == head.input[1])
    model.graph.node.append(helper.make_node("Concat", ["logits", head.input[0]], ["logits_and_state"], axis=1))
    del model.graph.output[:]
    model.graph.output.append(helper.make_tensor_value_info("logits_and_state", onnx.TensorProto.FLOAT, ["n", LOGITS + width]))
    shift = f"encoder.encoder.layer.{layer - 1}.output.LayerNorm.bias"
    after = next((node.output[0] for node in model.graph.node if shift in node.input), None)
    if after is None:
        raise ValueError(f"{folder}: no layer {layer} in this network, counted from 1")
    model.graph.output.append(helper.make_tensor_value_info(after, onnx.TensorProto.FLOAT, ["n", "width", width // 2]))
    onnx.save(model, str(into / "model.onnx"))
    return into


class Teacher:
    """A stance model of the package, asked for its logits and for the principal components of its states.

    Parameters
    ----------
    folder : Path
        Of the model; where its config names an ensemble, the logits are the mean's and the states are those of the folder's own network.
    work : Path
        Folder where ``answers-NAME.npz`` keeps what was answered: hashes of what the teacher read and numbers in half precision, no text.
    components : int
        How many components of the pooled state are given.
    token_components : int
        How many components of the state of each token of the first segment.
    layer : int
        After which layer those are taken.
    """

    def __init__(self, folder: Path, work: Path, components: int, token_components: int, layer: int) -> None:
        self.classifier, self.components, self.token_components = EmbeddedClassifier(folder), components, token_components
        shape = str((components, token_components, layer, LIMIT))
        decides = [*map(identity, self.classifier.models), *map(str, self.classifier.others.values()), shape]
        self.kept = work / f"answers-{hashlib.sha256(' '.join(decides).encode()).hexdigest()[:12]}.npz"
        self.network = OnnxModel(with_state(folder, work / "teacher", layer))

    def told(self, pairs: Sequence[Pair]) -> tuple[np.ndarray, np.ndarray, list[np.ndarray]]:
        """Return the mean's logits, shape (n, 6), the whole pooled state, (n, 2 sizes), and of each pair the states of the first segment's tokens, (tokens, size)."""
        encoded = self.network.tokenizer.encode_batch([self.classifier.written(p) for p in pairs])
        own, tokens = np.zeros((len(pairs), self.network.session.get_outputs()[0].shape[-1])), [np.zeros(0)] * len(pairs)
        for rows in batches([len(e) for e in encoded], TOKENS_A_BATCH):
            ids, mask = padded([encoded[i].ids for i in rows], self.network.config.get("pad", 0))
            own[rows], hidden = self.network.session.run(None, {"input_ids": ids, "attention_mask": mask})
            for i, states in zip(rows, hidden, strict=True):
                # The first token and the separator behind the segment are part of it, as in the student. What is cut off are single channels of full
                # stops and separators, which tell nothing.
                tokens[i] = states[: encoded[i].special_tokens_mask.index(1, 1) + 1].clip(-LIMIT, LIMIT)
        return self.classifier.share * own[:, :LOGITS] + self.classifier.of_others(pairs), own[:, LOGITS:], tokens

    def answers(self, rows: Sequence[Row], most: float) -> tuple[np.ndarray, list[np.ndarray]]:
        """Return the logits and the components of rows, shape (n, 6 + components), and of each row those of its tokens, (tokens, token_components).

        What has been asked before is not asked again; what was answered is written after every 5,000 rows. The components are fitted on the first 1,000 rows asked, a random
        sample, and divided by the total standard deviation of the states. Rows not asked because ``most`` minutes were over come out as NaN, without tokens.
        """
        pairs = [pair_of(r) for r in rows]
        keys = [
            int.from_bytes(hashlib.blake2b("\0".join(self.classifier.written(p)).encode(), digest_size=8).digest(), "big") for p in pairs
        ]
        known: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        if self.kept.exists():
            with np.load(self.kept) as held:
                states = np.split(held["tokens"], held["lengths"].cumsum()[:-1])
                known = dict(zip(held["keys"].tolist(), zip(held["answers"], states, strict=True), strict=True))
                bases = [(held["mean"], held["basis"]), (held["token_mean"], held["token_basis"])]
        asked = list({key: pair for key, pair in zip(keys, pairs, strict=True) if key not in known}.items())
        if not known:
            random.Random(0).shuffle(asked)
        print(f"teacher: {len(rows)} rows, {len(rows) - len(asked)} known or twice there, {len(asked)} to be asked", flush=True)
        started, saved = time.time(), len(known)
        for at in range(0, len(asked), CHUNK):
            if time.time() - started > 60 * most:
                break
            part = asked[at : at + CHUNK]
            logits, pooled, tokens = self.told([pair for _, pair in part])
            if not known:
                bases = [
                    components("sentences", pooled, self.components),
                    components("tokens", np.concatenate(tokens), self.token_components),
                ]
            (mean, basis), (token_mean, token_basis) = bases
            answers = np.concatenate([logits, (pooled - mean) @ basis], axis=1).astype(np.float16)
            states = [((of_one - token_mean) @ token_basis).astype(np.float16) for of_one in tokens]
            known |= zip([key for key, _ in part], zip(answers, states, strict=True), strict=True)
            if len(known) - saved >= KEPT_EVERY * CHUNK:
                self.keep(known, bases)
                saved = len(known)
            print(f"teacher: {at + len(part)}/{len(asked)} {time.time() - started:.0f} s", flush=True)
        if len(known) > saved:
            self.keep(known, bases)
        unknown = (np.full(LOGITS + self.components, np.nan, np.float16), np.zeros((0, self.token_components), np.float16))
        told = [known.get(key, unknown) for key in keys]
        return np.stack([answer for answer, _ in told]).astype(np.float32), [states for _, states in told]

    def keep(self, known: dict[int, tuple[np.ndarray, np.ndarray]], bases: list[tuple[np.ndarray, np.ndarray]]) -> None:
        """Write what was answered, whole or not at all."""
        answers, tokens = zip(*known.values(), strict=True)
        (mean, basis), (token_mean, token_basis) = bases
        unfinished = self.kept.with_name("unfinished.npz")
        np.savez(
            unfinished, keys=np.array(list(known), np.uint64), answers=np.stack(answers), tokens=np.concatenate(tokens), lengths=np.array([len(t) for t in tokens]),
            mean=mean, basis=basis, token_mean=token_mean, token_basis=token_basis,
        )  # fmt: skip
        unfinished.replace(self.kept)


def identity(model: OnnxModel) -> str:
    """Return a hash of what decides a model's logits: its weights, its tokenizer and its config without calibration."""
    settings = {key: value for key, value in model.config.items() if key not in ("temperature", "bias", "threshold")}
    parts = [(model.folder / name).read_bytes() for name in ("model.onnx", "tokenizer.json")]
    return hashlib.sha256(b"".join([*parts, json.dumps(settings, sort_keys=True).encode()])).hexdigest()


def components(of: str, states: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean of states and the first ``n`` principal directions, (size, n), divided by the root of the summed variance; ValueError for fewer states than that."""
    if len(states) < n:
        raise ValueError(f"{len(states)} {of} to fit {n} components on: ask about more rows at first, or for fewer components")
    mean = states.mean(0)
    _, sizes, directions = np.linalg.svd(states - mean, full_matrices=False)
    share = np.square(sizes[:n]).sum() / np.square(sizes).sum()
    print(f"teacher: {n} components hold {100 * share:.1f} % of the variance of its state of {of}", flush=True)
    return mean, directions[:n].T / np.sqrt(np.square(sizes).sum() / len(states))
