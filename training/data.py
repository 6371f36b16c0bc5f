"""Labelled stance rows from the data folder, de-duplicated against everything that is only for measuring."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

CLASSES = ("against", "neutral", "favor")
MEASURED_ONLY = (
    "gold/dev.jsonl", "data/newsmtsc/rw-dev.jsonl", "data/newsmtsc/mt-dev.jsonl", "data/dse2qa/dev.jsonl",
    "data/unscon/against.jsonl", "data/unscon/not-against.jsonl",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One labelled pair of statement and target: ``text[start:end]`` is the mention, ``weight`` scales its loss."""

    id: str
    text: str
    start: int
    end: int
    holder: str
    context: str
    label: int
    weight: float = 1.0


def read_jsonl(path: Path) -> list[dict]:
    """Return the JSON objects of a JSON-lines file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def fold(text: str) -> str:
    """Return the letters and digits of a text in lower case, the form in which texts are compared."""
    return re.sub(r"\W+", " ", text.lower()).strip()


def gold_rows(path: Path, hard_weight: float = 0.6) -> list[Row]:
    """Return our own labelled statements; ``AUTHOR`` is replaced by the document's speaker where one is known."""
    rows = []
    for r in read_jsonl(path):
        holder = (r.get("speaker") or "") if r["holder"] == "AUTHOR" else r["holder"]
        weight = hard_weight if r["hard"] else 1.0
        rows.append(Row(r["id"], r["text"], r["start"], r["end"], holder, r["context"] or "", CLASSES.index(r["stance"]), weight))
    return rows


def public_rows(path: Path, neutral_weight: float = 1.0) -> list[Row]:
    """Return rows of NewsMTSC or DSE2QA; rows without offsets are left out."""
    rows = []
    for r in read_jsonl(path):
        if r["start"] is None:
            continue
        weight = neutral_weight if r["label"] == "neutral" else 1.0
        holder = r.get("extra", {}).get("holder") or ""
        rows.append(Row(r["id"], r["text"], r["start"], r["end"], holder, "", CLASSES.index(r["label"]), weight))
    return rows


def without(rows: list[Row], banned: set[str], name: str) -> list[Row]:
    """Return the rows whose folded text is not in ``banned`` and print how many were left out."""
    kept = [row for row in rows if fold(row.text) not in banned]
    print(f"{name}: {len(rows)} rows, {len(rows) - len(kept)} share their text with a measuring set, {len(kept)} kept", flush=True)
    return kept


def measuring_texts(folder: Path) -> set[str]:
    """Return the folded texts of every set that must never be trained on."""
    return {fold(r["text"]) for name in MEASURED_ONLY for r in read_jsonl(folder / name)}
