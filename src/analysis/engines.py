"""Where blocks of articles are worked on: here, in this process. Another engine calls the same function on its workers."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analysis.attribution import AttributionTagger
from analysis.classifiers import Progress, StanceClassifier
from analysis.config import Config
from analysis.scores import score_stance
from analysis.statements import extract_statements
from analysis.targets import find_targets

STAGES = ("extract statements", "find targets", "score stance")


@dataclass(frozen=True)
class Block:
    """What came of some articles: three tables, and the seconds each of ``STAGES`` took."""

    statements: pd.DataFrame
    mentions: pd.DataFrame
    scores: pd.DataFrame
    seconds: tuple[float, float, float] = (0.0, 0.0, 0.0)


def work(
    articles: pd.DataFrame,
    config: Config,
    tagger: AttributionTagger,
    classifier: StanceClassifier,
    read: Progress | None = None,
    scored: Progress | None = None,
) -> Block:
    """Take a block of articles through extracting, finding and scoring; a pure function of its arguments.

    Parameters
    ----------
    articles : pandas.DataFrame
        Table ``articles``, or some rows of it.
    config : Config
        Targets, and how statements are made.
    tagger, classifier : AttributionTagger, StanceClassifier
        The models.
    read, scored : callable, optional
        Called with the numbers of articles and of pairs finished.

    Returns
    -------
    Block
    """
    began = time.perf_counter()
    statements = extract_statements(articles, tagger, context=config.statements.context, progress=read)
    extracted = time.perf_counter()
    mentions = find_targets(statements, config)
    found = time.perf_counter()
    scores = score_stance(statements, mentions, classifier, scored)
    return Block(statements, mentions, scores, (extracted - began, found - extracted, time.perf_counter() - found))


def work_here(blocks: Iterable[pd.DataFrame], do: Callable[[pd.DataFrame], Block]) -> Iterator[tuple[pd.DataFrame, Block]]:
    """Work on blocks one after the other in this process; yield each with what came of it."""
    for articles in blocks:
        yield articles, do(articles)


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
