"""Accuracy on labelled statements: our models beside the baselines anyone would ask for."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.classifiers import Pair, load_classifier
from analysis.config import Stance
from analysis.inference import Floats, ModelError
from analysis.rows import pairs_from, read_rows
from analysis.tables import CLASSES

Labels = npt.NDArray[np.int64]
BINS = 15
MISSING = "the baselines need {}; install the extra with: pip install 'stance-analysis[evaluate]'"


def evaluate_stance(path: Path, models: Sequence[str] = ("default",), train: Path | None = None) -> pd.DataFrame:
    """Measure models and baselines on a labelled file.

    Parameters
    ----------
    path : Path
        JSON lines with id, text, target, start, end and ``stance`` or ``label`` (against, neutral, favor).
    models : sequence of str
        Names for ``load_classifier``.
    train : Path, optional
        Labelled file the TF-IDF baseline is trained on; without it that baseline is left out.

    Returns
    -------
    pandas.DataFrame
        One row per classifier: ``n``; ``macro_f1`` with the 95 % bootstrap interval ``low``, ``high``; ``accuracy``; ``f1_against``, ``f1_neutral``,
        ``f1_favor`` (all in percent); ``ece``, the expected calibration error in 15 bins (0 to 1; null for baselines without probabilities).

    Raises
    ------
    ValueError
        If a row has no label, or one that is not of the three, or the extra ``evaluate`` is not installed.
    """
    rows = read_rows(path, ("id", "text", "target", "start", "end"))
    y, pairs = labels_from(rows, path), pairs_from(rows, path)
    table = {model: measures(y, load_classifier(Stance(model, None, "nli")).predict(pairs)) for model in models}
    for name, guess in baselines(train).items():
        table[name] = measures(y, guess(pairs), probabilities=False)
    return pd.DataFrame(table).T.round({"macro_f1": 1, "low": 1, "high": 1, "accuracy": 1, "ece": 3} | {f"f1_{c}": 1 for c in CLASSES})


def labels_from(rows: Sequence[dict[str, Any]], path: Path) -> Labels:
    """Return the labels of rows as class numbers; the error names the row without a valid one."""
    found = [row.get("stance") or row.get("label") for row in rows]
    for row, label in zip(rows, found, strict=True):
        if label not in CLASSES:
            raise ValueError(f"{path}, row {row['id']!r}: stance is {label!r}; expected {', '.join(CLASSES)}")
    return np.array([CLASSES.index(str(label)) for label in found])


def measures(y: Labels, p: Floats, probabilities: bool = True, resamples: int = 1000, seed: int = 1) -> dict[str, float]:
    """Return n, macro-F1 with its bootstrap interval, accuracy, F1 of each class and calibration error."""
    guess = p.argmax(1)
    picks = np.random.default_rng(seed).integers(0, len(y), (resamples, len(y)))
    macro = np.array([f1_scores(y[pick], guess[pick]).mean() for pick in picks])
    low, high = np.percentile(macro, [2.5, 97.5])
    each = f1_scores(y, guess)
    named = {f"f1_{c}": float(v) for c, v in zip(CLASSES, each, strict=True)}
    ece = calibration_error(y, p) if probabilities else float("nan")
    return {
        "n": len(y),
        "macro_f1": float(each.mean()),
        "low": low,
        "high": high,
        "accuracy": 100 * float((guess == y).mean()),
        **named,
        "ece": ece,
    }


def f1_scores(y: Labels, guess: Labels) -> Floats:
    """Return the F1 of each class in percent, 0 for a class that is neither there nor guessed."""
    hit, true, said = (np.bincount(v, minlength=len(CLASSES)) for v in (y[y == guess], y, guess))
    return np.asarray(100 * 2 * hit / np.maximum(true + said, 1))


def calibration_error(y: Labels, p: Floats) -> float:
    """Return the expected calibration error of the likeliest class in 15 equally wide bins (Naeini et al. 2015), 0 to 1."""
    top, right = p.max(1), p.argmax(1) == y
    which = np.clip(np.ceil(top * BINS).astype(int) - 1, 0, BINS - 1)
    return float(sum(abs(right[which == b].sum() - top[which == b].sum()) for b in range(BINS)) / len(y))


def baselines(train: Path | None) -> dict[str, Callable[[Sequence[Pair]], Floats]]:
    """Return the baselines by name: majority class (neutral), VADER, and TF-IDF with logistic regression where there is something to train on."""
    found: dict[str, Callable[[Sequence[Pair]], Floats]] = {
        "majority (neutral)": lambda pairs: np.tile([0.0, 1.0, 0.0], (len(pairs), 1)),
        "VADER": vader,
    }
    if train is not None:
        found["TF-IDF + logistic regression"] = lambda pairs: tfidf(train, pairs)
    return found


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
