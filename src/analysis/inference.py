"""ONNX sessions and batches, in one place: a model folder, a list of texts in, one row of numbers out for each."""

import ctypes
import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

MODELS = Path(__file__).with_name("models")
FILES = ("model.onnx", "tokenizer.json", "config.json")
TOKENS_A_BATCH = 4096
SIMILAR = 4  # tokens; first segments are sorted by how many times that they are long
Floats = npt.NDArray[np.float64]


class ModelError(ValueError):
    """A model that cannot be loaded; the message names the folder and what is missing."""


class OnnxModel:
    """A model folder: ``model.onnx``, ``tokenizer.json``, ``config.json``. Loaded at first use.

    Parameters
    ----------
    folder : str or Path
        The folder.
    threads : int, optional
        Processor threads. Without it ``OMP_NUM_THREADS``, where that is set (Ray sets it to the cores a worker was given), else all cores this process may use.
    settings : sequence of str
        Keys that ``config.json`` must have.

    Raises
    ------
    ModelError
        If a file is missing, or ``config.json`` is not JSON or lacks one of the settings.
    """

    def __init__(self, folder: str | Path, threads: int | None = None, settings: Sequence[str] = ()) -> None:
        self.folder = Path(folder)
        self.threads = threads or _threads()
        self.settings = tuple(settings)
        self._loading, self._session = threading.Lock(), None
        absent = [name for name in FILES if not (self.folder / name).is_file()]
        if absent:
            raise ModelError(f"{self.folder}: not a model folder, it lacks {', '.join(absent)}")
        try:
            self.config: dict[str, Any] = json.loads((self.folder / "config.json").read_text(encoding="utf-8"))
            missing = [key for key in settings if key not in self.config]
        except ValueError as error:
            raise ModelError(f"{self.folder}: config.json is not valid JSON: {error}") from error
        if missing:
            raise ModelError(f"{self.folder}: config.json lacks {', '.join(missing)}")

    def __reduce__(self) -> tuple[Any, ...]:
        """Send the place and the revision to another process, not the weights: it loads its own, and they must be the same."""
        embedded = self.folder.is_relative_to(MODELS)
        return _same_model, (self.folder.relative_to(MODELS) if embedded else self.folder.resolve(), embedded, self.settings, self.revision)

    @cached_property
    def revision(self) -> str:
        """SHA-256 of the folder's three files, in hexadecimal: whatever changes an answer changes it."""
        digest = hashlib.sha256()
        for name in FILES:
            digest.update((self.folder / name).read_bytes())
        return digest.hexdigest()

    @property
    def session(self) -> Any:
        """The onnxruntime session, made at its first use."""
        with self._loading:
            self._session = self._session or self._made()
            return self._session

    def load(self) -> None:
        """Load the weights now; nothing if they are loaded."""
        _ = self.session

    def give_back(self) -> None:
        """Give the system back the memory that loading the weights and the largest batches needed for a while; nothing if they are not loaded."""
        if self._session is None:
            return
        import onnxruntime

        options = onnxruntime.RunOptions()
        options.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
        self._session.run(None, {given.name: np.ones((1, 2), dtype=np.int64) for given in self._session.get_inputs()}, options)
        with suppress(AttributeError, OSError):  # only GNU's C library keeps what is freed until it is told
            ctypes.CDLL(None).malloc_trim(0)

    def _made(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.log_severity_level = 3
        # Weights stored in 4 bits are unpacked once, at load, not at every run.
        options.add_session_config_entry("session.disable_quant_qdq", "1")
        return onnxruntime.InferenceSession(str(self.folder / "model.onnx"), options, providers=["CPUExecutionProvider"])

    @cached_property
    def tokenizer(self) -> Any:
        """The Hugging Face tokenizer, truncating to the model's ``max_tokens``."""
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self.folder / "tokenizer.json"))
        tokenizer.no_padding()  # padded here, batch by batch; a stored setting would count as words
        tokenizer.enable_truncation(max_length=self.config["max_tokens"])
        return tokenizer

    def run(self, pairs: Sequence[tuple[str, str]], progress: Callable[[int], None] | None = None) -> Floats:
        """Return the logits of pairs of segments.

        Parameters
        ----------
        pairs : sequence of tuple of str
            First and second segment of each row.
        progress : callable, optional
            Called with the number of rows finished by each batch.

        Returns
        -------
        numpy.ndarray
            Float array of shape (n, number of the model's scores), in the order of ``pairs``.
        """
        encoded = self.tokenizer.encode_batch(list(pairs))
        out = np.zeros((len(encoded), self.session.get_outputs()[0].shape[-1]))
        lengths = [len(e) for e in encoded]
        # Where the upper layers read the first segment alone, its padding costs most.
        firsts = [e.type_ids.count(0) for e in encoded] if "whole_layers" in self.config else None
        for rows in batches(lengths, self.config.get("tokens_a_batch", TOKENS_A_BATCH), firsts):
            ids, mask = padded([encoded[i].ids for i in rows], self.config.get("pad", 0))
            out[rows] = self.session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
            if progress:
                progress(len(rows))
        return out


def _threads() -> int:
    asked = os.environ.get("OMP_NUM_THREADS", "")
    return (
        int(asked)
        if asked.isdigit() and int(asked)
        else len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count() or 1
    )


def _same_model(folder: Path, embedded: bool, settings: Sequence[str], revision: str) -> OnnxModel:
    model = OnnxModel(MODELS / folder if embedded else folder, settings=settings)
    if model.revision != revision:
        raise ModelError(
            f"{model.folder}: another model here ({model.revision[:12]}) than where the run was started ({revision[:12]}); install the same version"
        )
    return model


def batches(lengths: Sequence[int], budget: int, firsts: Sequence[int] | None = None) -> Iterator[list[int]]:
    """Yield rows of similar length together, longest first (longest first segment, where those are given), at most ``budget`` tokens a batch counting the padding.

    Parameters
    ----------
    lengths : sequence of int
        Tokens of each row.
    budget : int
        Most tokens of a batch; a single longer row makes a batch of its own.
    firsts : sequence of int, optional
        Tokens of each row's first segment, where rows are to be similar in that before they are in all.

    Yields
    ------
    list of int
        Indices into ``lengths``; every row exactly once.
    """
    order = sorted(range(len(lengths)), key=lambda i: (-(firsts[i] // SIMILAR) if firsts else 0, -lengths[i]))
    rows: list[int] = []
    width = 0
    for i in order:
        if rows and (len(rows) + 1) * max(width, lengths[i]) > budget:
            yield rows
            rows, width = [], 0
        rows.append(i)
        width = max(width, lengths[i])
    if rows:
        yield rows


def padded(rows: Sequence[Sequence[int]], pad: int = 0) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return token ids and attention mask, both of shape (rows, longest row)."""
    width = max(map(len, rows))
    ids = np.full((len(rows), width), pad, dtype=np.int64)
    mask = np.zeros_like(ids)
    for i, row in enumerate(rows):
        ids[i, : len(row)] = row
        mask[i, : len(row)] = 1
    return ids, mask


def softmax(logits: Floats, temperature: float = 1.0) -> Floats:
    """Return probabilities along the last axis; the logits are divided by the temperature first."""
    scaled = logits / temperature
    raised = np.exp(scaled - scaled.max(-1, keepdims=True))
    return np.asarray(raised / raised.sum(-1, keepdims=True))
