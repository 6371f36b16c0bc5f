"""Stance classifiers that are a folder in ONNX, such as those the package ships: alone, or several whose logits are averaged."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from analysis.classifiers import Pair, Progress
from analysis.inference import MODELS, Floats, ModelError, OnnxModel, softmax
from analysis.pairs import CONTEXT, MARKERS, crop, encode_pair, fitting, plain
from analysis.tables import CLASSES


class EmbeddedClassifier:
    """A model folder in ONNX, such as those the package ships, or several: their logits are averaged.

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
        # Folders of the package keep their place in it: another machine of a cluster has them elsewhere.
        place = self.model.folder if self.model.folder.is_relative_to(MODELS) else self.model.folder.resolve()
        for name, share in _shares(config.get("ensemble", {}), place).items():
            if not place.with_name(name).is_dir():
                raise ModelError(f"{place}: its config.json names {name!r} as part of the ensemble, which has to stand beside it")
            self.others[EmbeddedClassifier(place.with_name(name), threads)] = share
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
            Called with the number of different pairs finished.

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
        """Return what is calibrated, for what ``assess`` takes: the mean logits of stance, against, neutral, favor, and behind them of tone where the model tells it.

        The shape is (n, 6), or (n, 3) without tone; where not ``targeted``, the target is neither marked nor named.
        """
        if not pairs:
            return np.zeros((0, 2 * len(CLASSES)))
        others = self.of_others(pairs, targeted)
        written = [self.written(p) if targeted else self._untargeted(p) for p in pairs]
        rows = {pair: i for i, pair in enumerate(dict.fromkeys(written))}
        own = self.model.run(list(rows), progress)[[rows[pair] for pair in written]]
        own = own[:, [*self.columns, *range(len(CLASSES), own.shape[1])]]
        return self.share * own + others

    @property
    def share(self) -> float:
        """The share this network has of the mean: what the others leave it."""
        return 1.0 - sum(self.others.values())

    def of_others(self, pairs: Sequence[Pair], targeted: bool = True) -> Floats:
        """Return the others' part of the mean logits, shape (n, 6) or (n, 3): each one's logits times its share, summed; 0 where there are no others."""
        return np.asarray(sum(share * other.logits(pairs, targeted=targeted) for other, share in self.others.items()), dtype=float)

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


def _shares(given: Any, folder: Path) -> dict[str, float]:
    """Return the shares of others in the ensemble of a folder's config, by their names; ModelError unless they are other folders' and leave it a share of its own."""
    known = isinstance(given, dict) and all(
        isinstance(share, int | float) and share > 0 and Path(name).name == name != folder.name for name, share in given.items()
    )
    if not known or sum(given.values()) >= 1:
        raise ModelError(
            f"{folder}: ensemble in config.json is {given!r}; expected names of other folders beside this one with shares above 0 and together below 1, such as "
            '{"stance-fast": 0.25}'
        )
    return {name: float(share) for name, share in given.items()}
