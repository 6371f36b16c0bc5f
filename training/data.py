"""Labelled stance rows from the data folder, de-duplicated against everything that is only for measuring."""

import csv
import json
import re
from dataclasses import dataclass
from pathlib import Path

from analysis.classifiers import Pair

CLASSES = ("against", "neutral", "favor")
TONES = ("negative", "neutral", "positive")
MEASURED_ONLY = (
    "gold/dev.jsonl", "data/newsmtsc/rw-dev.jsonl", "data/newsmtsc/mt-dev.jsonl", "data/dse2qa/dev.jsonl",
    "data/unscon/against.jsonl", "data/unscon/not-against.jsonl",
)  # fmt: skip

INVENTED = ("pattern-", "written-")  # how the ids begin of rows whose sentence was written for its label


@dataclass(frozen=True)
class Row:
    """One labelled pair of statement and target.

    ``text[start:end]`` is the mention, or ``context[start:end]`` where ``in_context``; ``label`` counts in ``CLASSES``; ``weight`` scales its loss;
    ``doubt`` is the share of its label that is given to neutral: two careful readers could differ; ``tone`` counts in ``TONES``, None where not labelled;
    ``ours`` marks labels given under our codebook to real sentences, not to written ones.
    """

    id: str
    text: str
    start: int
    end: int
    holder: str
    context: str
    label: int
    weight: float = 1.0
    doubt: float = 0.0
    in_context: bool = False
    tone: int | None = None
    ours: bool = False


def pair_of(row: Row) -> Pair:
    """Return a row as the package's classifiers take it."""
    mentioned_in = row.context if row.in_context else row.text
    return Pair(row.text, row.start, row.end, mentioned_in[row.start : row.end], row.holder, row.context, row.in_context)


def read_jsonl(path: Path) -> list[dict]:
    """Return the JSON objects of a JSON-lines file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def fold(text: str) -> str:
    """Return the letters and digits of a text in lower case, the form in which texts are compared."""
    return re.sub(r"\W+", " ", text.lower()).strip()


def gold_rows(path: Path, hard_weight: float = 0.7, doubt: float = 0.6) -> list[Row]:
    """Return our own labelled statements; ``AUTHOR`` is replaced by the document's speaker where one is known.

    A hard row with a position gives the share ``doubt`` to neutral. The codebook (rule 10) makes such rows neutral, as the two passes over dev did in five
    of six; the single pass over train did so in half of them.
    """
    rows = []
    for r in read_jsonl(path):
        holder = (r.get("speaker") or "") if r["holder"] == "AUTHOR" else r["holder"]
        hard = r["hard"]
        rows.append(
            Row(
                r["id"], r["text"], r["start"], r["end"], holder, r["context"] or "", CLASSES.index(r["stance"]),
                hard_weight if hard else 1.0, doubt if hard else 0.0, ours=True,
            )
        )  # fmt: skip
    return rows


def label_rows(path: Path, corpora: Path, batches: int | None = None) -> list[Row]:
    """Return the labels that lie in this folder without their text, joined to the documents they were given for; of the first batches only where a number is named.

    Columns: corpus, doc_id; statement_start, statement_end, context_start; target, mention_start, mention_end (all offsets in characters of the document's
    text, half-open); stance, hard, holder, tone (mostly empty); batch, in the order they were given. The mention lies in the statement or in the context before it.
    """
    with path.open(encoding="utf-8", newline="") as lines:
        labels = [r for r in csv.DictReader(lines) if batches is None or int(r["batch"]) <= batches]
    documents = {name: {d["doc_id"]: d for d in read_jsonl(corpora / f"{name}.jsonl")} for name in sorted({r["corpus"] for r in labels})}
    rows = []
    for r in labels:
        d = documents[r["corpus"]][r["doc_id"]]
        first, last, before, start, end = (
            int(r[k]) for k in ("statement_start", "statement_end", "context_start", "mention_start", "mention_end")
        )
        holder = (d["speaker"] or "") if r["holder"] == "AUTHOR" else r["holder"]
        in_context, hard, label = start < first, r["hard"] == "1", CLASSES.index(r["stance"])
        origin = before if in_context else first
        text, context = d["text"][first:last], d["text"][before:first].rstrip()
        doubt = 0.5 if hard and r["stance"] != "neutral" else 0.0
        name = f"{r['doc_id']}:{first}:{r['target']}"
        tone = TONES.index(r["tone"]) if r["tone"] else None
        rows.append(
            Row(name, text, start - origin, end - origin, holder, context, label, 0.7 if hard else 1.0, doubt, in_context, tone, True)
        )
    return rows


def written_rows(path: Path) -> list[Row]:
    """Return the statements written for training; the mention stands between double square brackets.

    Keys: text, holder, context, label, capability.
    """
    rows = []
    for number, r in enumerate(read_jsonl(path)):
        before, mention, after = re.split(r"\[\[|\]\]", r["text"])
        start = len(before)
        name = f"written-{r['capability']}-{number}"
        rows.append(Row(name, before + mention + after, start, start + len(mention), r["holder"], r["context"], CLASSES.index(r["label"])))
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


def document_of(doc_id: str) -> str:
    """Return the document that a document or one of its turns belongs to: turns are numbered behind ``#``."""
    return doc_id.split("#")[0]


def dev_documents(folder: Path) -> set[str]:
    """Return the documents of gold dev: nothing else of them may be trained on, be it as context."""
    return {document_of(r["doc_id"]) for r in read_jsonl(folder / "gold/dev.jsonl")}


def outside(rows: list[Row], documents: set[str], name: str) -> list[Row]:
    """Return the rows of further labels that stand in none of the documents and print how many were left out; their ids begin with the document's."""
    kept = [row for row in rows if document_of(row.id.rsplit(":", 2)[0]) not in documents]
    print(f"{name}: {len(rows)} rows, {len(rows) - len(kept)} stand in a document of gold dev, {len(kept)} kept", flush=True)
    return kept


def measuring_texts(folder: Path) -> set[str]:
    """Return the folded texts of every set that must never be trained on."""
    return {fold(r["text"]) for name in MEASURED_ONLY for r in read_jsonl(folder / name)}
