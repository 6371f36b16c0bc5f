"""Who says what: source, cue and content of every attribution in a text, by an embedded model."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from analysis.inference import MODELS, OnnxModel
from analysis.linking import resolve
from analysis.spans import ROLES, candidates, posteriors, span_scores
from analysis.windows import Tokens, cut, encode, most_central, pieces_of_lines, sentence_ends

TAGGERS = {"default": "attribution", "fast": "attribution-fast"}
LONGEST_PARAGRAPH = 1024
WINDOWS_A_BATCH = 8
CELLS = 400_000
OPENING = "\"'“”‘’«»„‚‹›"
CLOSING = re.compile(r"[.,!?…]?[\"”“»«›]|[.,!?…]?[’']+(?!\w)")
Floats = npt.NDArray[np.floating[Any]]
Ints = npt.NDArray[np.int64]
Pieces = tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Attribution:
    """One attribution: half-open pieces in characters of the text, in the text's order; a role that is not expressed is empty."""

    source: Pieces
    cue: Pieces
    content: Pieces


class AttributionTagger(Protocol):
    """Finds the attributions of a text; ``identity`` changes whenever its answers may."""

    identity: str

    def spans(self, text: str) -> list[Attribution]:
        """Return the attributions of a text in the order of their first piece."""
        ...


def find_spans(tokens: Tokens, scores: Floats, ends: Ints, settings: dict[str, Any]) -> dict[str, Floats]:
    """Return for each role the spans that are at all likely, shape (n, 4): first token, last token, probability, cover (see ``spans.candidates``).

    Parameters
    ----------
    tokens : Tokens
        The text's tokens.
    scores : numpy.ndarray
        Shape (tokens, ...): for each role start, end, inside, query and key, then the vectors for links.
    ends : numpy.ndarray
        Indices after the last token of each sentence, where a very long paragraph may be cut.
    settings : dict
        The model folder's configuration.
    """
    pair, longest = settings["pair"], settings["longest_span"]
    by_role = scores[:, : len(ROLES) * (3 + 2 * pair)].reshape(len(scores), len(ROLES), 3 + 2 * pair)
    lines = sorted(pieces_of_lines(tokens, LONGEST_PARAGRAPH, ends), key=lambda line: line[0] - line[1])
    found: dict[str, list[Floats]] = {role: [np.zeros((0, 4))] for role in ROLES}
    while lines:
        width = lines[0][1] - lines[0][0]
        size = max(1, min(64, CELLS // (len(ROLES) * width * width)))
        group, lines = lines[:size], lines[size:]
        block = np.zeros((len(group), width, len(ROLES), 3 + 2 * pair), dtype=np.float32)
        block[..., 0] = -100.0
        for n, (start, stop) in enumerate(group):
            block[n, : stop - start] = by_role[start:stop]
        block = np.ascontiguousarray(block.transpose(0, 2, 1, 3)).reshape(-1, width, 3 + 2 * pair)
        score = span_scores(block[..., 0], block[..., 1], block[..., 2], block[..., 3 : 3 + pair], block[..., 3 + pair :], longest)
        posterior = posteriors(score, longest)
        for n, (start, stop) in enumerate(group):
            for r, role in enumerate(ROLES):
                own = posterior[len(ROLES) * n + r, : stop - start, : stop - start]
                found[role].append(candidates(own) + np.array([start, start, 0, 0]))
    joined = {role: np.concatenate(parts) for role, parts in found.items()}
    return {role: rows[np.lexsort((rows[:, 0], rows[:, 1]))] for role, rows in joined.items()}


def with_quotes(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a content together with the quotation marks that stand directly around it."""
    if start and text[start - 1] in OPENING:
        start -= 1
    closing = CLOSING.match(text, end)
    return start, closing.end() if closing else end


def decode(
    text: str, tokens: Tokens, scores: Floats, settings: dict[str, Any], found: dict[str, Floats] | None = None
) -> list[Attribution]:
    """Return the attributions from the scores of a text's tokens, shape (tokens, ...), given what ``find_spans`` found in them if it is known."""
    if not len(tokens.ids):
        return []
    ends = sentence_ends(text, tokens)
    found = find_spans(tokens, scores, ends, settings) if found is None else found
    spans, cue_of, source_of = resolve(tokens, found, scores, settings, ends)
    pieces = {role: [(int(tokens.start[i]), int(tokens.end[j])) for i, j in spans[role]] for role in ROLES}
    contents: dict[int, list[tuple[int, int]]] = {}
    for piece, cue in sorted(zip(pieces["content"], cue_of.tolist(), strict=True)):
        contents.setdefault(cue, []).append(with_quotes(text, *piece))
    out = [Attribution((), (), (piece,)) for piece in contents.get(-1, ())]
    for k, (cue, source) in enumerate(zip(pieces["cue"], source_of.tolist(), strict=True)):
        out.append(Attribution((pieces["source"][source],) if source >= 0 else (), (cue,), tuple(contents.get(k, ()))))
    return sorted(out, key=lambda a: min(a.source + a.cue + a.content))


class OnnxTagger:
    """A tagger that runs a model folder with onnxruntime.

    Parameters
    ----------
    folder : str or Path
        The folder: ``model.onnx``, ``tokenizer.json``, ``config.json``.
    threads : int, optional
        Processor threads; all cores this process may use without it.

    Raises
    ------
    ModelError
        If a file is missing.
    """

    def __init__(self, folder: str | Path, threads: int | None = None) -> None:
        self.model = OnnxModel(folder, threads)
        self.settings: dict[str, Any] = self.model.config
        self.identity = self.model.revision

    @property
    def models(self) -> list[OnnxModel]:
        """Return the networks that are asked: one."""
        return [self.model]

    @cached_property
    def tokenizer(self) -> Any:
        """The Hugging Face tokenizer, never truncating."""
        from tokenizers import Tokenizer

        return Tokenizer.from_file(str(self.model.folder / "tokenizer.json"))

    def run(self, ids: Ints, shapes: Ints, mask: Ints) -> Floats:
        """Return the network's scores, shape (n, width, ...), for token ids, shape codes and mask of shape (n, width)."""
        return np.asarray(self.model.session.run(None, {"input_ids": ids, "shapes": shapes, "attention_mask": mask})[0])

    def scores(self, tokens: Tokens) -> Floats:
        """Return the scores of every token, shape (tokens, ...)."""
        windows = cut(tokens, self.settings["width"] - 2, self.settings["overlap"])
        owned = {k: (a, b) for k, a, b in most_central(windows, len(tokens.ids))}
        order = sorted(owned, key=lambda k: windows[k][0] - windows[k][1])
        parts: list[tuple[int, Floats]] = []
        for at in range(0, len(order), WINDOWS_A_BATCH):
            group = order[at : at + WINDOWS_A_BATCH]
            longest = windows[group[0]][1] - windows[group[0]][0] + 2
            ids = np.full((len(group), longest), self.settings["pad"], dtype=np.int64)
            shapes, mask = np.zeros_like(ids), np.zeros_like(ids)
            for row, k in enumerate(group):
                a, b = windows[k]
                ids[row, : b - a + 2] = [self.settings["first"], *tokens.ids[a:b], self.settings["separator"]]
                shapes[row, 1 : b - a + 1] = tokens.shape[a:b]
                mask[row, : b - a + 2] = 1
            scores = self.run(ids, shapes, mask)
            for row, k in enumerate(group):
                a, b = owned[k]
                parts.append((a, scores[row, a - windows[k][0] + 1 : b - windows[k][0] + 1]))
        return np.concatenate([part for _, part in sorted(parts, key=lambda p: p[0])]) if parts else np.zeros((0, 0), dtype=np.float32)

    def spans(self, text: str) -> list[Attribution]:
        """Return the attributions of a text in the order of their first piece."""
        tokens = encode(text, self.tokenizer, self.settings["separator"])
        return decode(text, tokens, self.scores(tokens), self.settings)


def load_tagger(name: str = "default", threads: int | None = None) -> OnnxTagger:
    """Return an embedded tagger, ``"default"`` (accurate) or ``"fast"``.

    Raises
    ------
    ValueError
        If there is no embedded tagger of that name.
    """
    if name not in TAGGERS:
        raise ValueError(f"name is {name!r}, must be one of {sorted(TAGGERS)}")
    return OnnxTagger(MODELS / TAGGERS[name], threads)
