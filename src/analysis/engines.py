"""Where blocks of articles are worked on: here, in this process. Another engine (``cluster``) calls the same function on its workers."""

import time
from collections.abc import Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import pandas as pd

from analysis.attribution import AttributionTagger
from analysis.classifiers import Progress, StanceClassifier
from analysis.config import Config
from analysis.packed import Block, pack
from analysis.scores import score_stance
from analysis.statements import extract_statements
from analysis.store import Answer
from analysis.targets import find_targets

STAGES = ("extract statements", "find targets", "score stance")


@dataclass(frozen=True)
class Task:
    """What is done with each block: the settings, and the two models."""

    config: Config
    tagger: AttributionTagger
    classifier: StanceClassifier


@dataclass(frozen=True)
class Given:
    """A block of articles, and what the store knows of their texts and pairs, by key; empty where the models remember it themselves."""

    articles: pd.DataFrame
    known: dict[bytes, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Done:
    """What came of a block, ready to be kept.

    Attributes
    ----------
    packed : dict
        ``packed.pack`` of each article.
    pairs : int
        Pairs scored.
    seconds : tuple of float
        That each of ``STAGES`` took.
    answers : list of Answer
        What the models were asked on another machine and the store does not know yet.
    recalled : tuple of int
        Texts and pairs that were answered there without asking.
    """

    packed: dict[str, bytes]
    pairs: int
    seconds: tuple[float, float, float]
    answers: list[Answer] = field(default_factory=list)
    recalled: tuple[int, int] = (0, 0)


class Engine(Protocol):
    """Works on blocks, in any order; every article given comes out once."""

    def __call__(
        self, blocks: Iterable[Given], task: Task, read: Progress | None = None, scored: Progress | None = None
    ) -> Generator[Done, None, None]:
        """Yield what came of each block, and clean up when closed; ``read`` and ``scored`` are called with the numbers of articles read and scored."""
        ...


def work(
    articles: pd.DataFrame, task: Task, read: Progress | None = None, scored: Progress | None = None
) -> tuple[Block, tuple[float, float, float]]:
    """Take a block of articles through extracting, finding and scoring; a pure function of its arguments.

    Parameters
    ----------
    articles : pandas.DataFrame
        Table ``articles``, or some rows of it.
    task : Task
        Targets, how statements are made, and the models.
    read, scored : callable, optional
        Called with the numbers of articles and of pairs finished.

    Returns
    -------
    Block
        Their statements, mentions and scores.
    tuple of float
        The seconds each of ``STAGES`` took.
    """
    began = time.perf_counter()
    statements = extract_statements(articles, task.tagger, context=task.config.statements.context, progress=read)
    extracted = time.perf_counter()
    mentions = find_targets(statements, task.config)
    found = time.perf_counter()
    told = _Shares(scored, len(articles), len(mentions)) if scored else None
    scores = score_stance(statements, mentions, task.classifier, told)
    if told:
        told.finish()
    return Block(statements, mentions, scores), (extracted - began, found - extracted, time.perf_counter() - found)


class _Shares:
    """Takes numbers of pairs finished, of ``pairs``, and tells them on as whole articles, of ``articles``."""

    def __init__(self, tell: Progress, articles: int, pairs: int) -> None:
        self.tell, self.articles, self.pairs = tell, articles, pairs
        self.done = self.told = 0

    def __call__(self, done: int) -> None:
        """Take the number of pairs finished since the last call."""
        self.done += done
        self._reach(self.articles * min(self.done, self.pairs) // max(1, self.pairs))

    def finish(self) -> None:
        """Tell the articles that are left; those without a target have no pairs."""
        self._reach(self.articles)

    def _reach(self, articles: int) -> None:
        self.tell(articles - self.told)
        self.told = articles


def work_and_pack(articles: pd.DataFrame, task: Task, read: Progress | None = None, scored: Progress | None = None) -> Done:
    """Do as ``work`` does, and pack what came of each article."""
    block, seconds = work(articles, task, read, scored)
    return Done(pack(articles, block), len(block.scores), seconds)


def work_here(
    blocks: Iterable[Given], task: Task, read: Progress | None = None, scored: Progress | None = None
) -> Generator[Done, None, None]:
    """Work on blocks one after the other in this process."""
    for block in blocks:
        yield work_and_pack(block.articles, task, read, scored)


def cut_blocks(articles: pd.DataFrame, characters: int) -> Iterator[pd.DataFrame]:
    """Yield the articles in order, in blocks of about so many characters of text; a longer article is a block of its own."""
    for start, end in _cuts(articles["text"].str.len().tolist(), characters):
        yield articles.iloc[start:end]


def _cuts(lengths: Sequence[Any], budget: int) -> Iterator[tuple[int, int]]:
    start = held = 0
    for i, length in enumerate(lengths):
        if i > start and held + length > budget:
            yield start, i
            start, held = i, 0
        held += length
    if lengths:
        yield start, len(lengths)
