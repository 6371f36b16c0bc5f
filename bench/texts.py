"""What is measured on: documents of the data folder where it is there, generated ones where not."""

import json
import random
import re
from pathlib import Path

import pandas as pd

import analysis
from analysis import find_targets, pairs_of
from analysis.classifiers import Pair
from analysis.sentences import sentence_spans
from analysis.tables import empty

SPEAKERS = ("Ana Sample", "Minister Cy Sample", "the ministry of Freedonia", "Bo Sample, who heads the council,")
CLAIMS = (
    "the proposal which Ukraine had sent to the council in spring was neither fair nor complete",
    "NATO and the United States had kept their word in every one of the talks",
    "the harvest would be poor in the north and better along the coast",
    "nobody should expect the West to pay for a bridge that leads nowhere",
)
# Words of the codebook in any order: texts that share all their phrases are reprints of each other to a machine.
WORDS = sorted(set(re.findall(r"\b[a-z]{4,}\b", (Path(analysis.__file__).parent / "codebook.md").read_text(encoding="utf-8"))))


def documents(data: Path | None, n: int, seed: int = 0) -> tuple[str, list[dict[str, str]]]:
    """Return what the documents are, and ``n`` of them as rows with ``text, source, date, speaker, title``."""
    rng = random.Random(seed)
    files = sorted((data / "corpora").glob("*.jsonl")) if data else []
    if files:
        held = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
        return "news and official statements", [{**d, "speaker": d["speaker"] or ""} for d in rng.sample(held, n)]
    return "generated text", [
        {"text": "\n\n".join(_paragraph(rng) for _ in range(12)), "source": "Gazette", "date": "2022-03-01", "speaker": "", "title": f"Talks, part {i}"}
        for i in range(n)
    ]  # fmt: skip


def _paragraph(rng: random.Random) -> str:
    who, claims = rng.choice(SPEAKERS), rng.sample(CLAIMS, 2)
    return f"{who[0].upper()}{who[1:]} said on day {rng.randint(1, 999)} that {claims[0]}. The reply on {' '.join(rng.sample(WORDS, 12))} is expected by noon. According to {rng.choice(SPEAKERS)}, {claims[1]} with {' '.join(rng.sample(WORDS, 6))}."


def pairs(rows: list[dict[str, str]], n: int) -> list[Pair]:
    """Return ``n`` statements with a target in the documents, each sentence with the document's speaker as its holder."""
    found: list[dict[str, object]] = []
    for number, row in enumerate(rows):
        text = row["text"]
        found += [
            {
                "statement_id": f"{number}:{a}", "article_id": str(number), "start": a, "end": b, "text": text[a:b], "kind": "direct", "speaker": row["speaker"] or None,
                "context": text[max(0, a - 400) : a].strip(), "scope_spans": [[a, b]], "source_spans": [], "cue_spans": [], "content_spans": [],
            }
            for a, b in sentence_spans(text)
        ]  # fmt: skip
    statements = pd.concat([empty("statements"), pd.DataFrame(found)])
    return pairs_of(statements, find_targets(statements))[:n]
