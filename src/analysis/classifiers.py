"""Stance classifiers: a statement and a target in, the probabilities of against, neutral and favor out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np

from analysis.config import Stance
from analysis.inference import MODELS, Floats, ModelError, OnnxModel, softmax
from analysis.pairs import encode_pair

Progress = Callable[[int], None]


@dataclass(frozen=True)
class Pair:
    """A statement and the target it is scored for: ``text[start:end]`` is the mention, ``target`` the target's name."""

    text: str
    start: int
    end: int
    target: str
    holder: str = ""
    context: str = ""


@runtime_checkable
class StanceClassifier(Protocol):
    """What the pipeline needs of a classifier.

    Attributes
    ----------
    name, revision : str
        Identify it in the scores and the manifest; another revision may give other answers.
    threshold : float
        Below this probability of the likeliest class the label is ``unsure``; 0 never abstains.
    """

    name: str
    revision: str
    threshold: float

    def predict(self, pairs: Sequence[Pair], progress: Progress | None = None) -> Floats:
        """Return probabilities of shape (n, 3) in the order against, neutral, favor; rows sum to 1."""
        ...


class EmbeddedClassifier:
    """A model folder in ONNX, such as those the package ships.

    Parameters
    ----------
    folder : str or Path
        Folder with ``model.onnx``, ``tokenizer.json`` and ``config.json`` (labels, temperature, threshold).
    threads : int, optional
        Processor threads; all without it.
    """

    def __init__(self, folder: str | Path = MODELS / "stance", threads: int | None = None) -> None:
        self.model = OnnxModel(folder, threads)
        self.name = Path(folder).name
        self.revision = self.model.revision
        self.threshold = float(self.model.config.get("threshold", 0.0))

    def predict(self, pairs: Sequence[Pair], progress: Progress | None = None) -> Floats:
        """Return probabilities of shape (n, 3); equal pairs are computed once."""
        written = [encode_pair(p.text, p.start, p.end, p.holder, p.context) for p in pairs]
        if not written:
            return np.zeros((0, 3))
        rows = {pair: i for i, pair in enumerate(dict.fromkeys(written))}
        logits = self.model.run(list(rows), progress)
        return softmax(logits[[rows[pair] for pair in written]], float(self.model.config["temperature"]))


def load_classifier(stance: Stance) -> StanceClassifier:
    """Return the classifier a configuration asks for.

    Parameters
    ----------
    stance : Stance
        ``model`` is ``default``, ``fast``, a folder with ``model.onnx``, or a Hugging Face name or folder (then with ``revision`` and ``kind``).

    Returns
    -------
    StanceClassifier

    Raises
    ------
    ModelError
        If the model is not there, or a Hugging Face model has no pinned revision, or the extra ``hub`` is not installed.
    """
    shipped = {"default": MODELS / "stance", "fast": MODELS / "stance-fast"}
    folder = shipped.get(stance.model, Path(stance.model))
    if stance.model == "fast" and not folder.is_dir():
        folder = shipped["default"]
    if (folder / "model.onnx").is_file():
        return EmbeddedClassifier(folder)
    if stance.model in shipped:
        raise ModelError(f"{folder}: the model {stance.model!r} is not part of this installation; install the package again")
    from analysis.hub import HubClassifier

    return HubClassifier(stance.model, stance.revision, stance.kind)
