"""The teacher the fast model learns from: the logits of the default, and the pooled hidden state of its larger network."""

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
from analysis.inference import OnnxModel
from data import Row, pair_of

LOGITS = 6
CHUNK = 1000  # rows asked at a time, between which the answers are kept


def with_state(folder: Path, into: Path) -> Path:
    """Write a copy of a model folder whose network gives its pooled state behind the logits, shape (n, 6 + 2 sizes), and return it."""
    into.mkdir(parents=True, exist_ok=True)
    for name in ("tokenizer.json", "config.json"):
        copyfile(folder / name, into / name)
    model = onnx.load(str(folder / "model.onnx"))
    head = next(node for node in model.graph.node if node.op_type == "Gemm" and node.input[1].startswith("head."))
    width = next(t.dims[1] for t in model.graph.initializer if t.name == head.input[1])
    model.graph.node.append(helper.make_node("Concat", ["logits", head.input[0]], ["logits_and_state"], axis=1))
    del model.graph.output[:]
    model.graph.output.append(helper.make_tensor_value_info("logits_and_state", onnx.TensorProto.FLOAT, ["n", LOGITS + width]))
    onnx.save(model, str(into / "model.onnx"))
    return into


class Teacher:
    """A stance model of the package, asked for its logits and for the principal components of its pooled state.

    Parameters
    ----------
    folder : Path
        Of the model; where its config names an ensemble, the logits are the mean's and the state is that of the folder's own network.
    work : Path
        Folder where ``answers-NAME.npz`` keeps what was answered: hashes of what the teacher read and numbers in half precision, no text.
    components : int
        How many components of the state are given.
    """

    def __init__(self, folder: Path, work: Path, components: int) -> None:
        self.classifier, self.components = EmbeddedClassifier(folder), components
        decides = [*map(identity, self.classifier.models), *map(str, self.classifier.others.values()), str(components)]
        self.kept = work / f"answers-{hashlib.sha256(' '.join(decides).encode()).hexdigest()[:12]}.npz"
        self.network = OnnxModel(with_state(folder, work / "teacher"))

    def logits_and_state(self, pairs: Sequence[Pair]) -> tuple[np.ndarray, np.ndarray]:
        """Return the mean's logits, shape (n, 6), and the whole pooled state, (n, 2 sizes)."""
        own = self.network.run([self.classifier.written(p) for p in pairs])
        return self.classifier.share * own[:, :LOGITS] + self.classifier.of_others(pairs), own[:, LOGITS:]

    def answers(self, rows: Sequence[Row], most: float) -> np.ndarray:
        """Return the logits and the components of rows, shape (n, 6 + components); what has been asked before is not asked again.

        The components are fitted on the first 1,000 rows asked, a random sample, and divided by the total standard deviation of the state. Rows not asked because ``most``
        minutes were over come out as NaN.
        """
        pairs = [pair_of(r) for r in rows]
        keys = [
            int.from_bytes(hashlib.blake2b("\0".join(self.classifier.written(p)).encode(), digest_size=8).digest(), "big") for p in pairs
        ]
        known: dict[int, np.ndarray] = {}
        if self.kept.exists():
            held = np.load(self.kept)
            known, mean, basis = dict(zip(held["keys"].tolist(), held["answers"], strict=True)), held["mean"], held["basis"]
        asked = list({key: pair for key, pair in zip(keys, pairs, strict=True) if key not in known}.items())
        if not known:
            random.Random(0).shuffle(asked)
        print(f"teacher: {len(rows)} rows, {len(rows) - len(asked)} known or twice there, {len(asked)} to be asked", flush=True)
        started = time.time()
        for at in range(0, len(asked), CHUNK):
            if time.time() - started > 60 * most:
                break
            part = asked[at : at + CHUNK]
            logits, states = self.logits_and_state([pair for _, pair in part])
            if not known:
                mean, basis = components(states, self.components)
            known |= zip(
                [key for key, _ in part], np.concatenate([logits, (states - mean) @ basis], axis=1).astype(np.float16), strict=True
            )
            unfinished = self.kept.with_name("unfinished.npz")
            np.savez(unfinished, keys=np.array(list(known), np.uint64), answers=np.stack(list(known.values())), mean=mean, basis=basis)
            unfinished.replace(self.kept)
            print(f"teacher: {at + len(part)}/{len(asked)} {time.time() - started:.0f} s", flush=True)
        unknown = np.full(LOGITS + self.components, np.nan, np.float16)
        return np.stack([known.get(key, unknown) for key in keys]).astype(np.float32)


def identity(model: OnnxModel) -> str:
    """Return a hash of what decides a model's logits: its weights, its tokenizer and its config without calibration."""
    settings = {key: value for key, value in model.config.items() if key not in ("temperature", "bias", "threshold")}
    parts = [(model.folder / name).read_bytes() for name in ("model.onnx", "tokenizer.json")]
    return hashlib.sha256(b"".join([*parts, json.dumps(settings, sort_keys=True).encode()])).hexdigest()


def components(states: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean of states and the first ``n`` principal directions, (size, n), divided by the root of the summed variance; ValueError for fewer states than that."""
    if len(states) < n:
        raise ValueError(f"{len(states)} rows to fit {n} components on: ask about more rows at first, or for fewer components")
    mean = states.mean(0)
    _, sizes, directions = np.linalg.svd(states - mean, full_matrices=False)
    share = np.square(sizes[:n]).sum() / np.square(sizes).sum()
    print(f"teacher: {n} components hold {100 * share:.1f} % of the variance of its state", flush=True)
    return mean, directions[:n].T / np.sqrt(np.square(sizes).sum() / len(states))
