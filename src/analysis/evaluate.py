"""Accuracy on labelled statements: our models beside the baselines anyone would ask for."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analysis.baselines import baselines
from analysis.classifiers import load_classifier
from analysis.config import Stance
from analysis.embedded import EmbeddedClassifier
from analysis.inference import Floats
from analysis.labels import KEY, current
from analysis.rows import labels_from, pairs_from, read_rows
from analysis.tables import CLASSES

Labels = npt.NDArray[np.int64]
BINS = 15
ACCURATE = 0.90
GROUPS = ("target", "genre", "capability")
UNTARGETED = "{} without target"
PERCENT = ("macro_f1", "low", "high", "accuracy", *(f"f1_{c}" for c in CLASSES))


@dataclass
class Evaluation:
    """What ``evaluate_stance`` measures.

    Attributes
    ----------
    table : pandas.DataFrame
        A row for each classifier: ``n``; ``macro_f1`` with the 95 % bootstrap interval ``low``, ``high``; ``accuracy``; ``f1_against``, ``f1_neutral``,
        ``f1_favor`` (all in percent); ``ece``, the expected calibration error in 15 bins (0 to 1); ``coverage_at_90``, the largest share of statements,
        surest first, of which 90 % are right (0 to 1). The last two are null for baselines without probabilities.
    groups : dict of str to pandas.DataFrame
        For target, genre and capability, where the rows have them: ``n``, ``accuracy`` and ``macro_f1`` in percent, by classifier and value.
    confusion : dict of str to pandas.DataFrame
        Counts by classifier: rows are labels, columns what the classifier says.
    probabilities : dict of str to numpy.ndarray
        Of the classifiers that give them, shape (n, 3).
    labels : numpy.ndarray
        Class numbers, shape (n,).
    wrong : dict of str to pandas.DataFrame
        By classifier, the rows it gets wrong: ``id``, ``capability``, ``target``, ``holder``, ``text``, ``label``, ``says`` and ``p``, the probability of what it says, the
        surest first. Only of a labelled file.
    """

    table: pd.DataFrame
    groups: dict[str, pd.DataFrame]
    confusion: dict[str, pd.DataFrame]
    labels: Labels
    probabilities: dict[str, Floats] = field(default_factory=dict)
    wrong: dict[str, pd.DataFrame] = field(default_factory=dict)


def evaluate_stance(path: Path, models: Sequence[Stance | str] = ("default",), train: Path | None = None) -> Evaluation:
    """Measure models and baselines on a labelled file.

    Parameters
    ----------
    path : Path
        JSON lines with id, text, target, start, end and ``stance``, ``label`` or ``expected`` (against, neutral, favor); ``target``, ``genre`` and
        ``capability`` are measured one by one.
    models : sequence of Stance or str
        What ``load_classifier`` takes, or names of embedded models.
    train : Path, optional
        Labelled file the TF-IDF baseline is trained on; without it that baseline is left out.

    Returns
    -------
    Evaluation

    Raises
    ------
    ValueError
        If a row has no label, or one that is not of the three, or the extra ``evaluate`` is not installed.
    """
    rows = read_rows(path, ("id", "text", "target", "start", "end"))
    y, pairs = labels_from(rows, path), pairs_from(rows, path)
    found: dict[str, Floats] = {}
    for wanted in models:
        stance = Stance(wanted, None, "nli") if isinstance(wanted, str) else wanted
        classifier = load_classifier(stance)
        found[stance.model] = classifier.predict(pairs)
        if isinstance(classifier, EmbeddedClassifier):
            found[UNTARGETED.format(stance.model)] = classifier.predict_untargeted(pairs)
    plain = {name: guess(pairs) for name, guess in baselines(train).items()}
    table = {name: measures(y, p) for name, p in found.items()} | {name: measures(y, p, probabilities=False) for name, p in plain.items()}
    rounding = dict.fromkeys(PERCENT, 1) | {"ece": 3, "coverage_at_90": 3}
    return Evaluation(
        pd.DataFrame(table).T.round(rounding),
        {name: by_group(y, found, [row.get(name) for row in rows]) for name in GROUPS if any(row.get(name) for row in rows)},
        {name: pd.crosstab(_named(y), _named(p.argmax(1)), dropna=False) for name, p in found.items()},
        y,
        found,
        {name: _wrong(rows, y, p) for name, p in found.items() if name not in map(UNTARGETED.format, found)},
    )


def _wrong(rows: Sequence[dict[str, Any]], y: Labels, p: Floats) -> pd.DataFrame:
    says = p.argmax(1)
    at = sorted(np.flatnonzero(says != y).tolist(), key=lambda i: -p[i].max())
    given = pd.DataFrame(
        [{name: rows[i].get(name) for name in ("id", "capability", "target", "holder", "text")} for i in at],
        columns=["id", "capability", "target", "holder", "text"],
    )
    return given.assign(label=[CLASSES[y[i]] for i in at], says=[CLASSES[says[i]] for i in at], p=[round(float(p[i].max()), 2) for i in at])


def evaluate_labels(labels: pd.DataFrame, scores: pd.DataFrame, name: str = "default") -> Evaluation:
    """Measure the classifier that made ``scores`` on hand labels, as ``evaluate_stance`` does on a labelled file.

    Parameters
    ----------
    labels : pandas.DataFrame
        As ``append_labels`` returns them; every coder's last label counts once.
    scores : pandas.DataFrame
        Table ``scores``.
    name : str
        What to call the classifier.

    Returns
    -------
    Evaluation
        With the groups by target.

    Raises
    ------
    ValueError
        If no label is of a scored statement.
    """
    both = current(labels)[[*KEY, "label"]].merge(scores[[*KEY, *(f"p_{c}" for c in CLASSES)]], on=KEY)
    if both.empty:
        raise ValueError(f"none of the {len(labels)} labels is of a statement in scores")
    y, p = both["label"].map(CLASSES.index).to_numpy(dtype=np.int64), both[[f"p_{c}" for c in CLASSES]].to_numpy(dtype=np.float64)
    confusion = pd.crosstab(_named(y), _named(p.argmax(1)), dropna=False)
    groups = {"target": by_group(y, {name: p}, both["target"].tolist())}
    return Evaluation(pd.DataFrame({name: measures(y, p)}).T.round(3), groups, {name: confusion}, y, {name: p})


def by_group(y: Labels, found: dict[str, Floats], values: Sequence[str | None]) -> pd.DataFrame:
    """Return n, accuracy and macro-F1 (in percent) of each classifier for each value, in order of first appearance; rows without a value are left out."""
    which = np.array([value or "" for value in values])
    out = []
    for name, p in found.items():
        for value in dict.fromkeys(v for v in which if v):
            here, guess = which == value, p.argmax(1)
            scores = {"accuracy": 100 * (guess == y)[here].mean(), "macro_f1": f1_scores(y[here], guess[here]).mean()}
            out.append({"classifier": name, "value": value, "n": int(here.sum()), **scores})
    return pd.DataFrame(out).round({"accuracy": 1, "macro_f1": 1})


def measures(y: Labels, p: Floats, probabilities: bool = True, resamples: int = 1000, seed: int = 1) -> dict[str, float]:
    """Return n, macro-F1 with its bootstrap interval, accuracy, F1 of each class, calibration error and coverage at 90 % accuracy."""
    guess = p.argmax(1)
    picks = np.random.default_rng(seed).integers(0, len(y), (resamples, len(y)))
    macro = np.array([f1_scores(y[pick], guess[pick]).mean() for pick in picks])
    low, high = np.percentile(macro, [2.5, 97.5])
    each = f1_scores(y, guess)
    return {
        "n": len(y),
        "macro_f1": float(each.mean()),
        "low": low,
        "high": high,
        "accuracy": 100 * float((guess == y).mean()),
        **{f"f1_{c}": float(v) for c, v in zip(CLASSES, each, strict=True)},
        "ece": calibration_error(y, p) if probabilities else float("nan"),
        "coverage_at_90": coverage_at(y, p)[0] if probabilities else float("nan"),
    }


def f1_scores(y: Labels, guess: Labels) -> Floats:
    """Return the F1 of each class in percent, 0 for a class that is neither there nor guessed."""
    hit, true, said = (np.bincount(v, minlength=len(CLASSES)) for v in (y[y == guess], y, guess))
    return np.asarray(100 * 2 * hit / np.maximum(true + said, 1))


def calibration_error(y: Labels, p: Floats) -> float:
    """Return the expected calibration error of the likeliest class in 15 equally wide bins (Naeini et al. 2015), 0 to 1."""
    bins = reliability(y, p)
    return float((bins["n"] * (bins["accuracy"] - bins["confidence"]).abs()).sum() / len(y))


def reliability(y: Labels, p: Floats) -> pd.DataFrame:
    """Return n, mean probability of the likeliest class (``confidence``) and share right (``accuracy``), 0 to 1, for each of 15 bins that is not empty."""
    top, right = p.max(1), p.argmax(1) == y
    which = np.clip(np.ceil(top * BINS).astype(int) - 1, 0, BINS - 1)
    grouped = pd.DataFrame({"bin": which, "confidence": top, "accuracy": right.astype(float)}).groupby("bin")
    return grouped.mean().assign(n=grouped.size()).reset_index()


def coverage_curve(y: Labels, p: Floats) -> pd.DataFrame:
    """Return, the surest statement first, ``coverage`` (share of statements kept), ``accuracy`` among them and the ``threshold`` that keeps them, all 0 to 1."""
    order = np.argsort(-p.max(1), kind="stable")
    kept = np.arange(1, len(y) + 1)
    right = np.cumsum(p.argmax(1)[order] == y[order])
    return pd.DataFrame({"coverage": kept / len(y), "accuracy": right / kept, "threshold": p.max(1)[order]})


def coverage_at(y: Labels, p: Floats, accuracy: float = ACCURATE) -> tuple[float, float]:
    """Return the largest coverage with at least an accuracy, and its threshold; 0 and 1 if none has it."""
    curve = coverage_curve(y, p)
    enough = curve[curve["accuracy"] >= accuracy]
    return (float(enough["coverage"].iloc[-1]), float(enough["threshold"].iloc[-1])) if len(enough) else (0.0, 1.0)


def _named(classes: Labels) -> pd.Series:
    return pd.Series(np.array(CLASSES)[classes], dtype=pd.CategoricalDtype(list(CLASSES)))
