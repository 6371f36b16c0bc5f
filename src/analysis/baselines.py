"""What anyone would compare a stance classifier with: the commonest class, VADER, TF-IDF with logistic regression, and ours without its target."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from analysis.classifiers import Pair
from analysis.inference import Floats, ModelError
from analysis.rows import labels_from, pairs_from, read_rows

MISSING = "the baselines need {}; install the extra with: pip install 'stance-analysis[evaluate]'"


def baselines(train: Path | None) -> dict[str, Callable[[Sequence[Pair]], Floats]]:
    """Return the baselines by name: majority class (neutral), VADER, and TF-IDF with logistic regression where there is something to train on."""
    found: dict[str, Callable[[Sequence[Pair]], Floats]] = {
        "majority (neutral)": lambda pairs: np.tile([0.0, 1.0, 0.0], (len(pairs), 1)),
        "VADER": vader,
    }
    if train is not None:
        found["TF-IDF + logistic regression"] = lambda pairs: tfidf(train, pairs)
    return found


class VaderClassifier:
    """VADER as a classifier beside others: what it calls stance is the tone of the words, whomever they are about."""

    name, revision, threshold = "VADER", "Hutto and Gilbert 2014", 0.0

    def predict(self, pairs: Sequence[Pair], progress: Callable[[int], None] | None = None) -> Floats:
        """Return one-hot rows of shape (n, 3)."""
        return vader(pairs)


def vader(pairs: Sequence[Pair]) -> Floats:
    """Return VADER's three-way call (Hutto and Gilbert 2014: compound at least 0.05 or at most -0.05) as one-hot rows."""
    try:
        from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer
    except ImportError as error:
        raise ModelError(MISSING.format("vaderSentiment")) from error
    analyzer = SentimentIntensityAnalyzer()
    compound = np.array([analyzer.polarity_scores(p.text)["compound"] for p in pairs])
    return np.asarray(np.eye(3)[np.where(compound >= 0.05, 2, np.where(compound <= -0.05, 0, 1))])


def tfidf(train: Path, pairs: Sequence[Pair]) -> Floats:
    """Return the probabilities of a logistic regression on word and word-pair TF-IDF of statement and target, trained on a labelled file."""
    try:
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression
        from sklearn.pipeline import make_pipeline
    except ImportError as error:
        raise ModelError(MISSING.format("scikit-learn")) from error
    rows = read_rows(train, ("id", "text", "target", "start", "end"))
    model = make_pipeline(
        TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True), LogisticRegression(C=10, max_iter=2000, class_weight="balanced")
    )
    model.fit([f"{p.text} target_{p.target}" for p in pairs_from(rows, train)], labels_from(rows, train))
    return np.asarray(model.predict_proba([f"{p.text} target_{p.target}" for p in pairs]))
