"""Sentences of the corpora nobody has labelled, and those among them an earlier student is not sure of."""

import random
import re
from dataclasses import replace
from pathlib import Path

from analysis.config import load_config
from analysis.embedded import EmbeddedClassifier
from analysis.sentences import sentence_spans
from analysis.targets import finder
from data import CLASSES, Row, dev_documents, document_of, fold, measuring_texts, pair_of, read_jsonl

UNLABELLED = -1
NAME = re.compile(r"(?<=[a-z,;] )[A-Z][\w’-]+(?: [A-Z][\w’-]+){0,2}")


def unlabelled(data: Path, rng: random.Random) -> tuple[list[Row], list[Row]]:
    """Return the sentences of the corpora with a target named in them, and those with another name marked, half of them without speaker and context."""
    finders = [finder(target) for target in load_config().targets]
    banned = measuring_texts(data)
    ours, others = [], []
    held = dev_documents(data)
    for path in sorted((data / "corpora").glob("*.jsonl")):
        documents = read_jsonl(path)
        kept = [d for d in documents if document_of(d["doc_id"]) not in held]
        print(
            f"{path.stem}: {len(documents)} documents, {len(documents) - len(kept)} are or belong to one of gold dev, {len(kept)} kept",
            flush=True,
        )
        for d in kept:
            text = d["text"][:20_000]
            spans = sentence_spans(text)
            for i, (a, b) in enumerate(spans):
                if not 40 < b - a < 500 or fold(text[a:b]) in banned:
                    continue
                context = text[spans[max(0, i - 2)][0] : a].rstrip()
                mentions = [find(text[a:b], context) for find in finders]
                found = [(of_one[0].start, of_one[0].end) for of_one in mentions if of_one]
                row = Row(f"{d['doc_id']}:{a}", text[a:b], 0, 0, d["speaker"] or "", context, UNLABELLED, 0.0)
                ours += [replace(row, start=start, end=end) for start, end in found]
                names = [
                    m.span()
                    for m in NAME.finditer(row.text)
                    if all(m.end() <= o.start or m.start() >= o.end for of_one in mentions for o in of_one)
                ]
                if names:
                    start, end = rng.choice(names)
                    bare = {"holder": "", "context": ""} if rng.random() < 0.5 else {}
                    others.append(replace(row, start=start, end=end, **bare))
    return ours, others


def doubtful(rows: list[Row], student: EmbeddedClassifier, sure: float = 0.95) -> list[Row]:
    """Return the rows of which an earlier student is not sure that they are neutral, and every fifth of the others."""
    neutral = student.predict([pair_of(row) for row in rows])[:, CLASSES.index("neutral")]
    return [row for i, (row, p) in enumerate(zip(rows, neutral, strict=True)) if p < sure or i % 5 == 0]
