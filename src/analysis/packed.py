"""What is kept of an article, in bytes: its statements, mentions and scores without what the article itself tells."""

import json
import zlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analysis.classifiers import StanceClassifier
from analysis.scores import scores_table
from analysis.statements import statement_id
from analysis.tables import TABLES, typed

# The text is cut from the article, ids are made of places: they are not stored.
STORED = tuple(c for c in TABLES["statements"].columns if c not in ("statement_id", "article_id", "text"))
PLACES = ("target", "surface", "start", "end", "via")


@dataclass(frozen=True)
class Block:
    """What came of some articles: three tables."""

    statements: pd.DataFrame
    mentions: pd.DataFrame
    scores: pd.DataFrame


def pack(articles: pd.DataFrame, block: Block) -> dict[str, bytes]:
    """Return what is kept of each of a block's articles, by ``article_id``."""
    statements, mentions, scores = block.statements, block.mentions, block.scores
    found: dict[str, dict[str, list[Any]]] = {
        article: {"statements": [], "mentions": [], "numbers": []} for article in articles["article_id"]
    }
    place: dict[str, tuple[str, int]] = {}
    columns = [statements[c].astype(object).where(statements[c].notna(), None).tolist() for c in STORED]
    for name, article, *row in zip(statements["statement_id"], statements["article_id"], *columns, strict=True):
        rows = found[article]["statements"]
        place[name] = (article, len(rows))
        rows.append(row)
    numbers = scores[["p_against", "p_neutral", "p_favor", "tone"]].to_numpy(dtype=np.float64).tolist()
    for name, *row, four in zip(*(mentions[c].tolist() for c in ("statement_id", *PLACES)), numbers, strict=True):
        article, at = place[name]
        found[article]["mentions"].append([at, *row])
        found[article]["numbers"].append(four)
    return {article: zlib.compress(json.dumps(value, separators=(",", ":")).encode("ascii"), 1) for article, value in found.items()}


def unpack(articles: pd.DataFrame, values: Sequence[bytes], classifier: StanceClassifier) -> Block:
    """Return statements, mentions and scores of articles from what was kept of each; ``classifier`` is the one that scored them."""
    statements: list[list[Any]] = []
    mentions: list[list[Any]] = []
    numbers: list[list[float]] = []
    for article, text, value in zip(articles["article_id"], articles["text"], values, strict=True):
        stored = json.loads(zlib.decompress(value))
        ranks: Counter[tuple[int, int]] = Counter()
        ids = []
        for row in stored["statements"]:
            start, end = place = (row[0], row[1])
            ids.append(statement_id(article, start, end, ranks[place]))
            ranks[place] += 1
            statements.append([ids[-1], article, text[start:end], *row])
        for at, *row in stored["mentions"]:
            mentions.append([ids[at], *row])
        numbers += stored["numbers"]
    said = typed(pd.DataFrame(statements, columns=["statement_id", "article_id", "text", *STORED]), "statements")
    named = typed(pd.DataFrame(mentions, columns=["statement_id", *PLACES]), "mentions")
    rows = np.array(numbers, dtype=np.float64).reshape(-1, 4)
    return Block(said, named, scores_table(named, rows[:, :3], rows[:, 3], classifier))
