"""Stance classifiers: a statement and a target in, the probabilities of against, neutral and favor out."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np

from analysis.config import Stance
from analysis.inference import MODELS, Floats, ModelError, OnnxModel, softmax
from analysis.pairs import CONTEXT, MARKERS, crop, encode_pair, fitting, plain
from analysis.tables import CLASSES

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


class EmbeddedClassifier:
    """A model folder in ONNX, such as those the package ships, or several: what they say is averaged.

    The mean of the logits of two networks that err in different places (a logarithmic opinion pool: Genest and Zidek 1986; Hinton 2002) was likelier to be right on all
    development sets than the better of them, and knew better how sure it may be (training/stance-results.md).

    Parameters
    ----------
    folder : str or Path
        Folder with ``model.onnx``, ``tokenizer.json`` and ``config.json`` (labels, temperature, threshold; ``ensemble``, where others have a say: the names of
        folders beside this one and their shares).
    threads : int, optional
        Processor threads; all without it.

    Attributes
    ----------
    others : dict of EmbeddedClassifier to float
        Who else has a say, and its share of the mean; this one has the rest.

    Raises
    ------
    ModelError
        If a file is missing, the labels are not against, neutral and favor, or a model of the ensemble is not there.
    """

    def __init__(self, folder: str | Path = MODELS / "stance", threads: int | None = None) -> None:
        self.model = OnnxModel(folder, threads, ("labels", "max_tokens", "temperature"))
        config = self.model.config
        labels = config["labels"]
        if sorted(labels) != sorted(CLASSES):
            raise ModelError(f"{folder}: not a stance model: its labels are {', '.join(map(str, labels))}; expected {', '.join(CLASSES)}")
        self.columns = [labels.index(name) for name in CLASSES]
        self.name = Path(folder).resolve().name
        self.threshold = float(config.get("threshold", 0.0))
        self.temperature = float(config["temperature"])
        self.bias = np.array([float(config.get("bias", [0.0] * len(labels))[c]) for c in self.columns])
        self.others: dict[EmbeddedClassifier, float] = {}
        for name, share in _shares(config, str(folder)).items():
            beside = _resolved(self.model.folder).with_name(name)
            if not beside.is_dir():
                raise ModelError(
                    f"{folder}: its config.json names {name!r} as part of the ensemble, which has to stand beside it ({beside})"
                )
            other = EmbeddedClassifier(beside, threads)
            self.others[other] = share
        self.revision = self.model.revision
        if self.others:
            parts = [self.revision, *(other.revision for other in self.others)]
            self.revision = hashlib.sha256("\n".join(parts).encode()).hexdigest()

    @property
    def models(self) -> list[OnnxModel]:
        """Return the networks that are asked."""
        return [self.model, *(model for other in self.others for model in other.models)]

    def predict(self, pairs: Sequence[Pair], progress: Progress | None = None) -> Floats:
        """Return probabilities of shape (n, 3); equal pairs are computed once."""
        return self.assess(pairs, progress)[0]

    def assess(self, pairs: Sequence[Pair], progress: Progress | None = None) -> tuple[Floats, Floats | None]:
        """Return the probabilities of stance, and the tone of each statement.

        Parameters
        ----------
        pairs : sequence of Pair
            Equal pairs are computed once.
        progress : callable, optional
            Called with the number of pairs finished.

        Returns
        -------
        p : numpy.ndarray
            Shape (n, 3), in the order against, neutral, favor.
        tone : numpy.ndarray or None
            Shape (n,), probability of a positive less that of a negative wording, -1 to 1; None if the model does not tell.
        """
        logits = self.logits(pairs, progress)
        p = softmax(logits[:, : len(CLASSES)] / self.temperature + self.bias)
        if logits.shape[1] < 2 * len(CLASSES):
            return p, None
        tone = softmax(logits[:, len(CLASSES) :])
        return p, tone[:, 2] - tone[:, 0]

    def predict_untargeted(self, pairs: Sequence[Pair]) -> Floats:
        """Return probabilities of shape (n, 3) from the statements alone, the target neither marked nor named: what the target is worth to the model."""
        return softmax(self.logits(pairs, targeted=False)[:, : len(CLASSES)] / self.temperature + self.bias)

    def logits(self, pairs: Sequence[Pair], progress: Progress | None = None, targeted: bool = True) -> Floats:
        """Return what is calibrated: the mean logits of stance, in the order against, neutral, favor, and behind them of tone where the model tells it.

        Parameters
        ----------
        pairs : sequence of Pair
            Equal pairs are computed once.
        progress : callable, optional
            Called with the number of pairs finished.
        targeted : bool
            False leaves the target unmarked and unnamed.

        Returns
        -------
        numpy.ndarray
            Shape (n, 6), or (n, 3) without tone.
        """
        if not pairs:
            return np.zeros((0, 2 * len(CLASSES)))
        said = [share * other.logits(pairs, targeted=targeted) for other, share in self.others.items()]
        written = [self.written(p) if targeted else self._untargeted(p) for p in pairs]
        rows = {pair: i for i, pair in enumerate(dict.fromkeys(written))}
        own = self.model.run(list(rows), progress)[[rows[pair] for pair in written]]
        own = own[:, [*self.columns, *range(len(CLASSES), own.shape[1])]]
        return np.asarray(own if not said else (1 - sum(self.others.values())) * own + sum(said))

    def _context(self, p: Pair) -> str:
        config = self.model.config
        return p.context if p.in_context else fitting(p.text, p.context, config.get("context", CONTEXT), config.get("room"))

    def _untargeted(self, p: Pair) -> tuple[str, str]:
        place = (0, 1) if p.in_context else (p.start, p.end)
        return plain(crop(p.text, *place)[0]), plain(f" | {p.holder} | {self._context(p)[-CONTEXT:]}")

    def written(self, p: Pair) -> tuple[str, str]:
        """Return the two segments the model reads of a pair, cropped closer where the mention would fall behind the model's last token: numbers and foreign names take many."""
        context = self._context(p)
        for share in (1, 2, 4, 8, 16):
            written = encode_pair(p.text, p.start, p.end, p.holder, context, share, p.in_context)
            # A token is a character or more and the statement keeps half of them, less those that frame the pair.
            near = not p.in_context and written[0].find(MARKERS[1]) < self.model.config["max_tokens"] // 2 - 8
            if near or MARKERS[1] in self.model.tokenizer.encode(*written).tokens:
                break
        return written


def _resolved(folder: Path) -> Path:
    return folder if folder.is_relative_to(MODELS) else folder.resolve()


def _shares(config: dict[str, Any], where: str) -> dict[str, float]:
    """Return the shares of others in an ensemble, by the names of their folders.

    Raises
    ------
    ModelError
        If they are no names of other folders with numbers above 0 that leave something to the model itself.
    """
    given = config.get("ensemble", {})
    own = _resolved(Path(where)).name
    known = isinstance(given, dict) and all(
        isinstance(share, int | float) and share > 0 and Path(name).name == name != own for name, share in given.items()
    )
    if not known or sum(given.values()) >= 1:
        raise ModelError(
            f"{where}: ensemble in config.json is {given!r}; expected names of other folders beside this one with shares above 0 and together below 1, such as "
            '{"stance-fast": 0.25}'
        )
    return {name: float(share) for name, share in given.items()}


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
        return EmbeddedClassifier(folder)
    if stance.model in SHIPPED:
        raise ModelError(f"{folder}: the model {stance.model!r} is not part of this installation; use default")
    from analysis.hub import HubClassifier

    return HubClassifier(stance.model, stance.revision, stance.kind)
