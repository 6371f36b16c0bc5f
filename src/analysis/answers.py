"""What is known of every article in the store: only what is missing is worked on, and tables are read back block by block."""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd

from analysis import identity
from analysis.attribution import AttributionTagger
from analysis.classifiers import StanceClassifier
from analysis.config import Config
from analysis.engines import STAGES, Engine, Task, cut_blocks, work_here
from analysis.packed import Block, unpack
from analysis.remembering import RememberingClassifier, RememberingTagger
from analysis.store import Store

WORKED, READ = 100_000, 2_000_000  # characters of text in a block: what a killed run loses, what is in memory at a time
ROOMS = ("statements", "targets", "scores", "classifiers", "hub")


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
    engine : Engine, optional
        Where missing blocks are worked on. Without it here, and then of an article that has changed only the texts and pairs that the store does not know
        are asked; another engine is given whole articles.

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
        engine: Engine | None = None,
    ) -> None:
        self.store, self.engine, self.classifier = store, engine, classifier
        self.tagger, self.asked = RememberingTagger(tagger, store), RememberingClassifier(classifier, store)
        self.owner = f"{identity.of_tagger(tagger)} and {identity.of_classifier(classifier)}"
        self._others = [name for name in store.owners("pairs") if name != self.asked.owner]
        self._new_here = self.asked.owner not in store.owners("pairs")
        self._plain, self._remembering = Task(config, tagger, classifier), Task(config, self.tagger, self.asked)
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
            yield part, unpack(part, [values[key] for key in keys], self.classifier)

    def _work(self, articles: pd.DataFrame, read: Callable[[int], None] | None = None, scored: Callable[[int], None] | None = None) -> None:
        engine, task = (self.engine, self._plain) if self.engine else (work_here, self._remembering)
        for done in engine(cut_blocks(articles, WORKED), task, read, scored):
            self.computed += len(done.packed)
            if self.engine:
                self.tagger.asked += len(done.packed)
                self.asked.asked += done.pairs
            self.seconds.update(dict(zip(STAGES, done.seconds, strict=True)))
            self.store.put("articles", self.owner, {self.keys[article]: value for article, value in done.packed.items()})
            self.store.commit()
