"""What is known of every article in the store: only what is missing is worked on, and tables are read back block by block."""

import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from analysis import identity
from analysis.attribution import AttributionTagger
from analysis.classifiers import StanceClassifier
from analysis.config import Config
from analysis.engines import STAGES, Block, cut_blocks, work, work_here
from analysis.remembering import RememberingClassifier, RememberingTagger
from analysis.scores import scores_table
from analysis.statements import statement_id
from analysis.store import Store
from analysis.tables import TABLES, typed

WORKED, READ = 100_000, 2_000_000  # characters of text in a block: what a killed run loses, what is in memory at a time
ROOMS = ("statements", "targets", "scores", "classifiers", "hub")
# The text is cut from the article, ids are made of places: they are not stored.
STORED = tuple(c for c in TABLES["statements"].columns if c not in ("statement_id", "article_id", "text"))
PLACES = ("target", "surface", "start", "end", "via")
Engine = Callable[[Iterable[pd.DataFrame], Callable[[pd.DataFrame], Block]], Iterator[tuple[pd.DataFrame, Block]]]


class Answers:
    """Statements, mentions and scores of articles, each article worked on once for the same models, settings and rules.

    Parameters
    ----------
    articles : pandas.DataFrame
        Table ``articles``.
    config : Config
        Targets, and how statements are made.
    tagger, classifier : AttributionTagger, StanceClassifier
        The models; asked only what the store does not know.
    store : Store
        Where answers are.
    engine : callable
        Where missing blocks are worked on.

    Attributes
    ----------
    computed, known : int
        Articles worked on, and articles taken from the store.
    seconds : dict
        By stage.
    """

    def __init__(
        self,
        articles: pd.DataFrame,
        config: Config,
        tagger: AttributionTagger,
        classifier: StanceClassifier,
        store: Store,
        engine: Engine = work_here,
    ) -> None:
        self.store, self.engine, self.classifier = store, engine, classifier
        self.tagger, self.asked = RememberingTagger(tagger, store), RememberingClassifier(classifier, store)
        self.owner = f"{identity.of_tagger(tagger)} and {identity.of_classifier(classifier)}"
        self._others = [name for name in store.owners("pairs") if name != self.asked.owner]
        self._new_here = self.asked.owner not in store.owners("pairs")
        self._do = partial(work, config=config, tagger=self.tagger, classifier=self.asked)
        settings = [config.statements.context, config.indirect, config.from_context, [asdict(t) for t in config.targets]]
        start = identity.digest("articles", self.owner, identity.rules(*ROOMS), settings)
        given = zip(articles["text"], articles["title"].fillna(""), articles["speaker"].fillna(""), strict=True)
        self.keys = {
            article: hashlib.sha256(start + identity.digest(*parts)).digest()
            for article, parts in zip(articles["article_id"], given, strict=True)
        }
        self.articles = articles
        there = store.has(self.keys.values())
        self._missing = np.array([self.keys[article] not in there for article in articles["article_id"]], dtype=bool)
        self.known, self.computed = int((~self._missing).sum()), 0
        self.seconds: Counter[str] = Counter()

    def fill(self, read: Callable[[int], None], scored: Callable[[int], None]) -> None:
        """Work on the articles the store does not know, and commit after each block.

        Parameters
        ----------
        read, scored : callable
            Called with the numbers of articles and of pairs finished.
        """
        self._work(self.articles[self._missing], read, scored)

    def missing(self) -> int:
        """Return how many articles have to be worked on."""
        return int(self._missing.sum())

    def account(self, nameless: list[str]) -> dict[str, Any]:
        """Return what was computed and what was known, for the manifest; ``nameless`` are models that do not say who they are."""
        lines = [*self.store.warnings]
        if self.store.damaged:
            lines.append(f"damaged answers, computed again: {self.store.damaged}")
        if nameless:
            lines.append(
                f"nothing is kept for the next run, because {' and '.join(nameless)} has no identity or revision that says when its answers change"
            )
        return {
            "articles": {"from the store": self.known, "computed": self.computed},
            "attributions": {"from the store": self.tagger.known, "computed": self.tagger.asked},
            "pairs": {"from the store": self.asked.known, "computed": self.asked.asked},
            "other model": ", ".join(self._others) if self._new_here and self.asked.asked else "",
            "warnings": lines,
        }

    def blocks(self) -> Iterator[tuple[pd.DataFrame, Block]]:
        """Yield the articles in order, with what is known of them; damaged answers are computed again."""
        for part in cut_blocks(self.articles, READ):
            keys = [self.keys[article] for article in part["article_id"]]
            values = self.store.get(keys)
            lost = [key not in values for key in keys]
            if any(lost):
                self.known -= sum(lost)
                self._work(part[np.array(lost, dtype=bool)])
                values |= self.store.get(key for key, is_lost in zip(keys, lost, strict=True) if is_lost)
            yield part, self._read(part, [values[key] for key in keys])

    def _work(self, articles: pd.DataFrame, read: Callable[[int], None] | None = None, scored: Callable[[int], None] | None = None) -> None:
        for part, block in self.engine(cut_blocks(articles, WORKED), partial(self._do, read=read, scored=scored)):
            self.computed += len(part)
            self.seconds.update(dict(zip(STAGES, block.seconds, strict=True)))
            self.store.put("articles", self.owner, {self.keys[article]: value for article, value in _packed(part, block)})
            self.store.commit()

    def _read(self, articles: pd.DataFrame, values: list[bytes]) -> Block:
        """Return the tables of some articles from what is stored."""
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
        return Block(said, named, scores_table(named, rows[:, :3], rows[:, 3], self.classifier))


def _packed(articles: pd.DataFrame, block: Block) -> Iterator[tuple[str, bytes]]:
    """Yield each article of a block with what is stored of it."""
    found: dict[str, dict[str, list[Any]]] = {
        article: {"statements": [], "mentions": [], "numbers": []} for article in articles["article_id"]
    }
    place: dict[str, tuple[str, int]] = {}
    columns = [block.statements[c].astype(object).where(block.statements[c].notna(), None).tolist() for c in STORED]
    for name, article, *row in zip(block.statements["statement_id"], block.statements["article_id"], *columns, strict=True):
        rows = found[article]["statements"]
        place[name] = (article, len(rows))
        rows.append(row)
    numbers = block.scores[["p_against", "p_neutral", "p_favor", "tone"]].to_numpy(dtype=np.float64).tolist()
    for name, *row, four in zip(*(block.mentions[c].tolist() for c in ("statement_id", *PLACES)), numbers, strict=True):
        article, at = place[name]
        found[article]["mentions"].append([at, *row])
        found[article]["numbers"].append(four)
    for article, value in found.items():
        yield article, zlib.compress(json.dumps(value, separators=(",", ":")).encode("ascii"), 1)
