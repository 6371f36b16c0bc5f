"""What is known of every article in the store: only what is missing is worked on, and tables are read back block by block."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from analysis import identity
from analysis.attribution import AttributionTagger
from analysis.classifiers import Progress, StanceClassifier
from analysis.config import Config
from analysis.engines import STAGES, Engine, Given, Task, cut_blocks, work_here
from analysis.packed import Block, unpack
from analysis.remembering import RememberingClassifier, RememberingTagger
from analysis.scores import pairs_of
from analysis.statements import extract_statements
from analysis.store import Store
from analysis.targets import find_targets

WORKED = 100_000  # characters of text in a block: what a killed run loses
ROOMS = ("statements", "targets", "scores", "classifiers", "hub", "packed")


class Answers:
    """Statements, mentions and scores of articles, each article worked on once for the same models, settings and rules.

    Parameters
    ----------
    articles : sequence of pandas.DataFrame
        Table ``articles`` in pieces, such as a ``Shelf``; gone through several times.
    config : Config
        Targets, and how statements are made.
    tagger, classifier : AttributionTagger, StanceClassifier
        The models; asked only what the store does not know.
    store : Store
        Where answers are.
    engine : Engine, optional
        Where missing blocks are worked on; here without it. Either way only the texts and pairs that the store does not know are asked: another engine is
        given what it knows, and gives back what it did not.

    Attributes
    ----------
    computed, known : int
        Articles worked on, and articles taken from the store.
    seconds : dict
        By stage.
    """

    def __init__(
        self,
        articles: Iterable[pd.DataFrame],
        config: Config,
        tagger: AttributionTagger,
        classifier: StanceClassifier,
        store: Store,
        engine: Engine | None = None,
    ) -> None:
        self.store, self.engine, self.classifier = store, engine, classifier
        self.tagger, self.asked = RememberingTagger(tagger, store), RememberingClassifier(classifier, store)
        self.owner = f"{identity.of_tagger(tagger)} and {identity.of_classifier(classifier)}"
        self._others = [name for name in store.owners("pairs") if name != self.asked.owner]
        self._new_here = self.asked.owner not in store.owners("pairs")
        self.task = Task(config, tagger, classifier) if engine else Task(config, self.tagger, self.asked)
        settings = [config.statements.context, config.indirect, config.from_context, [asdict(t) for t in config.targets]]
        self._start = identity.digest("articles", self.owner, identity.rules(*ROOMS), settings)
        self.articles = articles
        self._missing = []
        for part in articles:
            keys = self._keys(part)
            there = store.has(keys)
            self._missing.append(np.array([key not in there for key in keys], dtype=bool))
        self.computed = 0
        self.known = sum(int((~missing).sum()) for missing in self._missing)
        self.seconds: Counter[str] = Counter()

    def fill(self, read: Callable[[int], None], scored: Callable[[int], None]) -> None:
        """Work on the articles the store does not know, and commit after each block.

        Parameters
        ----------
        read, scored : callable
            Called with the numbers of articles read and scored.
        """
        new = (part[missing] for part, missing in zip(self.articles, self._missing, strict=True))
        self._work(new, read, scored)

    def missing(self) -> int:
        """Return how many articles have to be worked on."""
        return sum(int(missing.sum()) for missing in self._missing)

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
        for part in self.articles:
            keys = self._keys(part)
            values = self.store.get(keys)
            lost = [key not in values for key in keys]
            if any(lost):
                self.known -= sum(lost)
                self._work([part[np.array(lost, dtype=bool)]])
                values |= self.store.get(key for key, is_lost in zip(keys, lost, strict=True) if is_lost)
            yield part, unpack(part, [values[key] for key in keys], self.classifier)

    def _keys(self, articles: pd.DataFrame) -> list[bytes]:
        given = zip(articles["text"], articles["title"].fillna(""), articles["speaker"].fillna(""), strict=True)
        return [hashlib.sha256(self._start + identity.digest(*parts)).digest() for parts in given]

    def _given(self, articles: pd.DataFrame) -> Given:
        """Return a block with what the store knows of it; the models here know the store."""
        if not self.engine:
            return Given(articles)
        texts = [identity.of_text(text, identity.of_tagger(self.tagger.tagger)) for text in articles["text"]]
        known = self.store.get(texts)
        read = articles[np.array([key in known for key in texts], dtype=bool)]
        if len(read):
            config = self.task.config
            statements = extract_statements(read, RememberingTagger(self.tagger.tagger, self.store), context=config.statements.context)
            pairs = pairs_of(statements, find_targets(statements, config))
            known |= self.store.get(identity.of_pairs(pairs, identity.of_classifier(self.classifier)))
        return Given(articles, known)

    def _work(self, parts: Iterable[pd.DataFrame], read: Progress | None = None, scored: Progress | None = None) -> None:
        waiting: dict[str, bytes] = {}

        def blocks() -> Iterator[Given]:
            for part in parts:
                for block in cut_blocks(part, WORKED):
                    waiting.update(zip(block["article_id"], self._keys(block), strict=True))
                    yield self._given(block)

        with closing((self.engine or work_here)(blocks(), self.task, read, scored)) as finished:
            for done in finished:
                self.computed += len(done.packed)
                self.seconds.update(dict(zip(STAGES, done.seconds, strict=True)))
                if self.engine:
                    self.tagger.known += done.recalled[0]
                    self.asked.known += done.recalled[1]
                    self.tagger.asked += len(done.packed) - done.recalled[0]
                    self.asked.asked += done.pairs - done.recalled[1]
                for kind, owner, key, value in done.answers:
                    self.store.put(kind, owner, {key: value})
                self.store.put("articles", self.owner, {waiting.pop(article): value for article, value in done.packed.items()})
                self.store.commit()
