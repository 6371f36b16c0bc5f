"""Any Hugging Face model as a stance classifier: an NLI model asked in words, or a three-class target-sentiment model."""

import hashlib
import re
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np

from analysis.classifiers import Pair
from analysis.inference import Floats, ModelError, softmax
from analysis.pairs import crop

# Several wordings for each class, averaged: a single one decides too much (Yin et al. 2019; Laurer et al. 2024).
HYPOTHESES: dict[str, tuple[str, ...]] = {
    "against": ("{holder} is against {target}.", "This statement is critical of {target}."),
    "neutral": ("{holder} takes no position on {target}.", "This statement is neutral toward {target}."),
    "favor": ("{holder} is in favor of {target}.", "This statement is supportive of {target}."),
}
CLASS_OF = {"against": 0, "negative": 0, "neg": 0, "neutral": 1, "neu": 1, "none": 1, "favor": 2, "favour": 2, "positive": 2, "pos": 2}
ROWS_A_BATCH = 16


class HubClassifier:
    """A Hugging Face sequence classifier, in torch: on a graphics card where torch finds one, else on the processor.

    Parameters
    ----------
    model : str
        Name on the hub, or a local folder.
    revision : str or None
        Full commit hash; required unless ``model`` is a folder, so that a rerun meets the same weights. A folder's revision is the SHA-256 of its files.
    kind : {"nli", "target"}
        ``nli``: premise and hypothesis, entailment compared over the wordings in ``hypotheses``. ``target``: statement and target as a pair of texts,
        three classes named against/neutral/favor or negative/neutral/positive.
    hypotheses : dict, optional
        For ``nli``: two or more wordings for each of against, neutral, favor, with the fields ``{target}`` and ``{holder}``.

    Raises
    ------
    ModelError
        If ``kind`` is neither, the extra is not installed, the revision is not pinned, the model cannot be loaded or its labels are not understood.
    """

    threshold = 0.0

    def __init__(self, model: str, revision: str | None, kind: str = "nli", hypotheses: dict[str, tuple[str, ...]] | None = None) -> None:
        if kind not in ("nli", "target"):
            raise ModelError(f"{model}: stance.kind is {kind!r}; it must be nli or target")
        try:
            import torch
            import transformers
        except ImportError as error:
            raise ModelError(
                f"{model}: Hugging Face models need the extra 'hub'; install it with: pip install 'stance-analysis[hub]'"
            ) from error
        local = Path(model).is_dir()
        if not local and re.match(r"[./~\\]", model):
            raise ModelError(f"{model}: no such folder")
        if not local and not re.fullmatch(r"[0-9a-f]{40}", revision or ""):
            raise ModelError(f"{model}: stance.revision is {revision!r}; pin the model by its full commit hash of 40 characters")
        pinned: dict[str, Any] = {} if local else {"revision": revision}
        try:
            self.tokenizer = transformers.AutoTokenizer.from_pretrained(model, **pinned)
            self.model = transformers.AutoModelForSequenceClassification.from_pretrained(model, **pinned).eval()
        except (OSError, ValueError) as error:
            raise ModelError(f"{model}: cannot be loaded: {str(error).splitlines()[0]}") from error
        self.torch = torch
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.model = self.model.to(self.device)
        self.name = model
        self.revision = _contents(Path(model)) if local else str(revision)
        self.kind = kind
        self.hypotheses = hypotheses or HYPOTHESES
        if set(self.hypotheses) != set(HYPOTHESES) or min(map(len, self.hypotheses.values())) < 2:
            raise ModelError(
                f"{model}: hypotheses must give two or more wordings for each of against, neutral, favor; found {self.hypotheses!r}"
            )
        labels = {int(i): str(label).lower() for i, label in self.model.config.id2label.items()}
        self.columns = self._entailment(labels) if kind == "nli" else self._classes(labels)

    def __reduce__(self) -> tuple[Any, ...]:
        """Send the name to another process, not the weights: it loads its own."""
        model = str(Path(self.name).resolve()) if Path(self.name).is_dir() else self.name
        return _same_model, (model, self.name, self.revision, self.kind, self.hypotheses, self.identity)

    @property
    def identity(self) -> str:
        """All that its answers depend on: weights, the way of asking, the wordings, the libraries."""
        return _identity(self.name, self.revision, self.kind, self.hypotheses)

    def predict(self, pairs: Sequence[Pair], progress: Callable[[int], None] | None = None) -> Floats:
        """Return probabilities of shape (n, 3) in the order against, neutral, favor."""
        out = np.zeros((len(pairs), 3))
        for at in range(0, len(pairs), ROWS_A_BATCH):
            part = pairs[at : at + ROWS_A_BATCH]
            if self.kind == "target":
                surfaces = [p.surface for p in part]
                out[at : at + len(part)] = softmax(self._logits(_around(part), surfaces)[:, self.columns])
            else:
                out[at : at + len(part)] = self._entailed(part)
            if progress:
                progress(len(part))
        return out

    def _entailed(self, pairs: Sequence[Pair]) -> Floats:
        scores = np.zeros((len(pairs), 3))
        for column, wordings in enumerate(self.hypotheses.values()):
            for wording in wordings:
                asked = [wording.format(target=p.target, holder=p.holder or "The author") for p in pairs]
                scores[:, column] += self._logits(_around(pairs), asked)[:, self.columns[0]] / len(wordings)
        return softmax(scores)

    def _logits(self, first: list[str], second: list[str]) -> Floats:
        inputs = self.tokenizer(
            first, second, padding=True, truncation="only_first", max_length=min(512, self.tokenizer.model_max_length), return_tensors="pt"
        )
        with self.torch.inference_mode():
            return np.asarray(self.model(**inputs.to(self.device)).logits.float().cpu().numpy(), dtype=np.float64)

    def _entailment(self, labels: dict[int, str]) -> list[int]:
        found = [i for i, label in labels.items() if label.startswith("entail")]
        if len(found) != 1:
            raise ModelError(f"{self.name}: not an NLI model: none of its labels is entailment, they are {', '.join(labels.values())}")
        return found

    def _classes(self, labels: dict[int, str]) -> list[int]:
        of = {CLASS_OF[label]: i for i, label in labels.items() if label in CLASS_OF}
        if len(of) != 3 or len(labels) != 3:
            raise ModelError(
                f"{self.name}: expected three classes such as negative, neutral, positive; its labels are {', '.join(labels.values())}"
            )
        return [of[0], of[1], of[2]]


def _same_model(model: str, name: str, revision: str, kind: str, hypotheses: dict[str, tuple[str, ...]], identity: str) -> HubClassifier:
    made = HubClassifier(model, revision, kind, hypotheses)
    made.name = name
    if made.identity != identity:
        raise ModelError(f"{model}: another model, torch or transformers here than where the run was started; install the same")
    return made


def expected_identity(model: str, revision: str | None, kind: str) -> str:
    """Return the ``identity`` that a ``HubClassifier`` of these arguments would have, without loading it; empty where it could not be loaded."""
    folder = Path(model)
    try:
        return _identity(model, _contents(folder) if folder.is_dir() else str(revision), kind, HYPOTHESES)
    except (PackageNotFoundError, OSError):
        return ""


def _identity(model: str, revision: str, kind: str, hypotheses: dict[str, tuple[str, ...]]) -> str:
    asked = [kind, sorted(hypotheses.items()), version("torch"), version("transformers")]
    return f"{model} {revision} {hashlib.sha256(repr(asked).encode()).hexdigest()}"


def _around(pairs: Sequence[Pair]) -> list[str]:
    """Return the statements, long ones cropped around the mention so that it is never cut off."""
    return [f"{p.context} {p.text}" if p.in_context else crop(p.text, p.start, p.end)[0] for p in pairs]


def _contents(folder: Path) -> str:
    """Return the SHA-256 of a folder's files, names and contents: retrained weights in the same place are another revision."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.iterdir() if p.is_file()):
        digest.update(path.name.encode())
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
