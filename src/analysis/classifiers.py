"""Stance classifiers: a statement and a target in, the probabilities of against, neutral and favor out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from analysis.config import Stance
from analysis.inference import MODELS, Floats, ModelError

Progress = Callable[[int], None]
SHIPPED = {"default": MODELS / "stance", "fast": MODELS / "stance-fast"}


@dataclass(frozen=True)
class Pair:
    """A statement and the target it is scored for.

    ``text[start:end]`` is the mention, or ``context[start:end]`` where ``in_context``; ``target`` is the target's name.
    """

    text: str
    start: int
    end: int
    target: str
    holder: str = ""
    context: str = ""
    in_context: bool = False

    @property
    def surface(self) -> str:
        """The words that name the target."""
        return (self.context if self.in_context else self.text)[self.start : self.end]


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


@runtime_checkable
class TonedClassifier(StanceClassifier, Protocol):
    """A classifier that also tells the tone of a statement's wording."""

    def assess(self, pairs: Sequence[Pair], progress: Progress | None = None) -> tuple[Floats, Floats | None]:
        """Return what ``predict`` does, and the tone, shape (n,), -1 to 1; None if this one does not tell."""
        ...


def shipped() -> list[str]:
    """Return the names of the embedded models that are part of this installation."""
    return [name for name, folder in SHIPPED.items() if (folder / "model.onnx").is_file()]


def is_embedded(stance: Stance) -> bool:
    """Whether a configuration asks for one of the models of this package, or a folder like theirs, and not for a Hugging Face model."""
    return stance.model in SHIPPED or (Path(stance.model) / "model.onnx").is_file()


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
        If the model or one of its ensemble is not there, or a Hugging Face model has no pinned revision, or the extra ``hub`` is not installed.
    """
    folder = SHIPPED.get(stance.model, Path(stance.model))
    if (folder / "model.onnx").is_file():
        from analysis.embedded import EmbeddedClassifier

        return EmbeddedClassifier(folder)
    if stance.model in SHIPPED:
        raise ModelError(f"{folder}: the model {stance.model!r} is not part of this installation; use default")
    from analysis.hub import HubClassifier

    return HubClassifier(stance.model, stance.revision, stance.kind)
