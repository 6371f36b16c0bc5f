"""JSON lines in and out of ``stance predict``, ``stance attribute`` and ``stance evaluate``."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from analysis.aliases import load_aliases
from analysis.attribution import AttributionTagger
from analysis.classifiers import Pair, StanceClassifier
from analysis.quotation import kind_of, quoted
from analysis.scores import labels_of
from analysis.speakers import resolve_speakers
from analysis.storage import write_whole
from analysis.tables import CLASSES


def read_rows(path: Path, required: Sequence[str]) -> list[dict[str, Any]]:
    """Read JSON lines.

    Parameters
    ----------
    path : Path
        UTF-8; blank lines are passed over.
    required : sequence of str
        Fields that every row must have.

    Returns
    -------
    list of dict

    Raises
    ------
    ValueError
        If the file has no rows, or a line is not a JSON object or lacks a field; the message gives the line's number.
    """
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8-sig").splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise ValueError(f"{path}, line {number}: not JSON ({error.msg})") from error
        if not isinstance(row, dict):
            raise ValueError(f"{path}, line {number}: expected an object, found {type(row).__name__}")
        absent = [name for name in required if name not in row]
        if absent:
            raise ValueError(f"{path}, line {number}: lacks {', '.join(absent)}; it has {', '.join(row)}")
        rows.append(row)
    if not rows:
        raise ValueError(f"{path}: has no rows")
    return rows


def write_rows(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """Write JSON lines, the file whole or not at all."""

    def write(temporary: Path) -> None:
        with temporary.open("w", encoding="utf-8") as out:
            out.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)

    write_whole(path, write)


def pairs_from(rows: Sequence[dict[str, Any]], path: Path) -> list[Pair]:
    """Return rows as pairs; holder and context may be missing.

    A row without offsets is scored for the first place its ``target`` stands in the text, else for the whole text. Where ``via`` is ``context`` the offsets
    point into the context.

    Raises
    ------
    ValueError
        If offsets do not mark a part of the text; the message gives the row's id.
    """
    pairs = []
    for row in rows:
        text, start, end = str(row["text"]), row["start"], row["end"]
        if start is None or end is None:
            found = text.find(str(row["target"]))
            start, end = (found, found + len(str(row["target"]))) if found >= 0 else (0, len(text))
        context, in_context = str(row.get("context") or ""), row.get("via") == "context"
        length, where = (len(context), "context") if in_context else (len(text), "text")
        if not 0 <= start < end <= length:
            raise ValueError(f"{path}, row {row['id']!r}: start={start}, end={end} do not mark a part of a {where} of {length} characters")
        # The document's own voice is written AUTHOR in labelled files; its name, where known, stands in speaker.
        holder = row.get("holder") or ""
        holder = (row.get("speaker") or "") if holder == "AUTHOR" else holder
        pairs.append(Pair(text, start, end, str(row["target"]), str(holder), context, in_context))
    return pairs


def labels_from(rows: Sequence[dict[str, Any]], path: Path) -> npt.NDArray[np.int64]:
    """Return the labels of rows as class numbers; the error names the row without a valid one."""
    found = [row.get("stance") or row.get("label") or row.get("expected") for row in rows]
    for row, label in zip(rows, found, strict=True):
        if label not in CLASSES:
            raise ValueError(f"{path}, row {row['id']!r}: stance is {label!r}; expected {', '.join(CLASSES)}")
    return np.array([CLASSES.index(str(label)) for label in found])


def predict_rows(rows: Sequence[dict[str, Any]], classifier: StanceClassifier, path: Path) -> list[dict[str, Any]]:
    """Return the rows with p_against, p_neutral, p_favor and label added."""
    p = classifier.predict(pairs_from(rows, path))
    labels = labels_of(p, classifier.threshold)
    names = [f"p_{c}" for c in CLASSES]
    return [
        {**row, **dict(zip(names, map(float, line), strict=True)), "label": label} for row, line, label in zip(rows, p, labels, strict=True)
    ]


def attribute_rows(rows: Iterable[dict[str, Any]], tagger: AttributionTagger) -> Iterable[dict[str, Any]]:
    """Yield the rows with ``attributions`` added: source, cue, content as lists of [start, end), speaker, speaker_role, reported_by, kind."""
    aliases = load_aliases()
    for row in rows:
        text = str(row["text"])
        spans, marks = tagger.spans(text), quoted(text)
        speakers = resolve_speakers(text, spans, title=str(row.get("title") or ""), speaker=row.get("speaker") or None, aliases=aliases)
        yield {
            **row,
            "attributions": [
                {
                    **{part: [list(piece) for piece in getattr(a, part)] for part in ("source", "cue", "content")},
                    "speaker": who.name,
                    "speaker_role": who.role,
                    "reported_by": who.reported_by,
                    "kind": kind_of(a.content, marks),
                }
                for a, who in zip(spans, speakers, strict=True)
            ],
        }
