"""Corpora with known truth: statements in articles, a classifier with known errors, and labels of a random sample."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STANCE = np.array([-1.0, 0.0, 1.0])
# Shares of against, neutral, favor where the classifier was trained, and where it is used.
TRAINED_ON = np.array([1 / 3, 1 / 3, 1 / 3])
USED_ON = np.array([0.50, 0.38, 0.12])
# Row: true class; column: what the classifier answers.
CONFUSION = np.array([[0.88, 0.10, 0.02], [0.08, 0.86, 0.06], [0.03, 0.09, 0.88]])


@dataclass(frozen=True)
class Corpus:
    """Statements of one simulated corpus.

    Attributes
    ----------
    truth : array (statements,)
        Class of each statement: 0 against, 1 neutral, 2 favor.
    probabilities : array (statements, 3)
        The classifier's.
    article : array (statements,)
        Article each stands in.
    """

    truth: NDArray[np.int64]
    probabilities: Floats
    article: NDArray[np.int64]


def draw_corpus(articles: int, generator: np.random.Generator) -> Corpus:
    """Draw a corpus: statements of one article lean alike, longer articles are more hostile, and the classifier errs more in some articles.

    The classifier answers as CONFUSION says and states the probabilities that would be right where it was trained, so where classes are distributed
    as in USED_ON it is biased (prevalence shift).
    """
    lean = generator.normal(0, 0.8, articles)
    size = 1 + generator.poisson(5 * np.exp(-0.35 * lean - 0.06))
    article = np.repeat(np.arange(articles), size)
    weights = np.exp(np.log(USED_ON) + lean[article, None] * STANCE)
    truth = _draw(weights / weights.sum(axis=1, keepdims=True), generator)
    harder = generator.beta(1, 6, articles)[article, None]
    answer = _draw((1 - harder) * CONFUSION[truth] + harder / 3, generator)
    posterior = TRAINED_ON * CONFUSION[:, answer].T
    sure = generator.gamma(2.0, 0.5, len(answer))[:, None]
    probabilities = posterior**sure
    return Corpus(truth, probabilities / probabilities.sum(axis=1, keepdims=True), article)


def truth_of_all(seed: int = 0, articles: int = 1_000_000) -> Floats:
    """Return the shares of the classes among all statements the corpora are drawn from."""
    truth = draw_corpus(articles, np.random.default_rng(seed)).truth
    return np.bincount(truth, minlength=3) / len(truth)


def draw_equal(corpus: Corpus, n: int, generator: np.random.Generator) -> NDArray[np.bool_]:
    """Draw ``n`` statements for labelling, each with the same chance."""
    drawn = np.zeros(len(corpus.truth), dtype=bool)
    drawn[generator.choice(len(drawn), n, replace=False)] = True
    return drawn


def draw_unequal(corpus: Corpus, n: int, generator: np.random.Generator) -> tuple[NDArray[np.bool_], Floats]:
    """Draw ``n`` statements, those the classifier takes for favor three times as often; return which, and each one's chance."""
    rich = corpus.probabilities.argmax(axis=1) == 2
    of_rich = round(n * 3 * rich.sum() / (3 * rich.sum() + (~rich).sum()))
    drawn = np.zeros(len(rich), dtype=bool)
    drawn[generator.choice(np.flatnonzero(rich), of_rich, replace=False)] = True
    drawn[generator.choice(np.flatnonzero(~rich), n - of_rich, replace=False)] = True
    return drawn, np.where(rich, of_rich / rich.sum(), (n - of_rich) / (~rich).sum())


def learn_by_heart(corpus: Corpus, share: float, generator: np.random.Generator) -> tuple[Corpus, NDArray[np.bool_]]:
    """Label about ``share`` of the statements, not by chance: hostile ones and some articles more often; and let the classifier repeat these labels.

    Return the corpus with the classifier so trained, and which statements are known.
    """
    n_articles = int(corpus.article.max()) + 1
    liking = generator.normal(0, 1.0, n_articles)[corpus.article] - 0.8 * STANCE[corpus.truth] + generator.normal(0, 1.0, len(corpus.truth))
    known = liking >= np.quantile(liking, 1 - share)
    probabilities = np.where(known[:, None], np.eye(3)[corpus.truth], corpus.probabilities)
    return Corpus(corpus.truth, probabilities, corpus.article), known


def draw_beside(known: NDArray[np.bool_], n: int, generator: np.random.Generator) -> tuple[NDArray[np.bool_], Floats]:
    """Draw ``n`` statements from all, whatever is known; return those labelled, drawn or known, and each one's chance: 1 where it is known."""
    drawn = known.copy()
    drawn[generator.choice(len(known), n, replace=False)] = True
    return drawn, np.where(known, 1.0, n / len(known))


def _draw(probabilities: Floats, generator: np.random.Generator) -> NDArray[np.int64]:
    edges = probabilities.cumsum(axis=1)[:, :2]
    return (generator.random((len(probabilities), 1)) > edges).sum(axis=1)
