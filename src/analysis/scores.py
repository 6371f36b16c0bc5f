"""The stance of each statement toward each target it speaks of."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.classifiers import Pair, Progress, StanceClassifier, TonedClassifier, load_classifier
from analysis.config import load_config
from analysis.inference import Floats
from analysis.tables import CLASSES, UNSURE, check, typed


def score_stance(
    statements: pd.DataFrame, mentions: pd.DataFrame, classifier: StanceClassifier | None = None, progress: Progress | None = None
) -> pd.DataFrame:
    """Score every mention: against, neutral or in favor, as the statement's holder sees the target.

    Parameters
    ----------
    statements : pandas.DataFrame
        Table ``statements``.
    mentions : pandas.DataFrame
        Table ``mentions``; statements without a mention are not scored.
    classifier : StanceClassifier, optional
        The shipped default without it.
    progress : callable, optional
        Called with the number of pairs finished.

    Returns
    -------
    pandas.DataFrame
        Table ``scores``, one row per mention in the same order: probabilities, stance = p_favor - p_against in [-1, 1], label, tone.

    Raises
    ------
    ValueError
        If a mention's statement is not there, or the classifier returns something else than probabilities.
    """
    check(statements, "statements")
    check(mentions, "mentions")
    classifier = classifier or load_classifier(load_config().stance)
    known = statements.set_index("statement_id")
    lost = mentions.loc[~mentions["statement_id"].isin(known.index), "statement_id"]
    if len(lost):
        raise ValueError(f"mentions name {len(lost)} statements that are not in statements, the first is {lost.iloc[0]!r}")
    pairs = pairs_of(statements, mentions)
    p, tone = assess(pairs, classifier, progress)
    # One tone a statement, whatever it was read toward.
    tone = (
        None if tone is None else pd.Series(tone, dtype="float64").groupby(mentions["statement_id"].to_numpy()).transform("mean").to_numpy()
    )
    return scores_table(mentions, p, tone, classifier)


def assess(pairs: Sequence[Pair], classifier: StanceClassifier, progress: Progress | None = None) -> tuple[Floats, Floats | None]:
    """Return a classifier's probabilities of shape (n, 3), and the tones where it tells them.

    Raises
    ------
    ValueError
        If it returns something else than probabilities.
    """
    told = classifier.assess(pairs, progress) if isinstance(classifier, TonedClassifier) else (classifier.predict(pairs, progress), None)
    _check_probabilities(told[0], len(pairs), classifier.name)
    return told


def scores_table(mentions: pd.DataFrame, p: Floats, tone: Floats | None, classifier: StanceClassifier) -> pd.DataFrame:
    """Return the table of scores of mentions, probabilities and tones in the same order; the labels by the classifier's threshold."""
    scores = mentions[["statement_id", "target"]].reset_index(drop=True)
    scores = scores.assign(
        **{f"p_{c}": p[:, i] for i, c in enumerate(CLASSES)}, stance=p[:, 2] - p[:, 0], label=labels_of(p, classifier.threshold)
    )
    scores = scores.assign(tone=tone, model=classifier.name, revision=classifier.revision)
    return check(typed(scores, "scores"), "scores")


def pairs_of(statements: pd.DataFrame, mentions: pd.DataFrame) -> list[Pair]:
    """Return one pair per mention, in order."""
    joined = mentions[["statement_id", "target", "start", "end", "via"]].merge(
        statements[["statement_id", "text", "speaker", "context"]], on="statement_id", how="left", validate="many_to_one"
    )
    columns = joined[["text", "start", "end", "target", "speaker", "context"]].astype({"speaker": object, "context": object})
    columns[["speaker", "context"]] = columns[["speaker", "context"]].where(columns[["speaker", "context"]].notna(), "")
    in_context = (joined["via"] == "context").tolist()
    given = [columns[name].tolist() for name in columns.columns]
    return [Pair(*row) for row in zip(*given, in_context, strict=True)]


def labels_of(p: Floats, threshold: float = 0.0) -> list[str]:
    """Return the likeliest class of each row, or ``unsure`` where its probability is below the threshold."""
    best = p.argmax(1)
    return [CLASSES[c] if top >= threshold else UNSURE for c, top in zip(best, p.max(1), strict=True)]


def _check_probabilities(p: Floats, n: int, name: str) -> None:
    """Raise ValueError unless a classifier returned ``n`` rows of three probabilities."""
    if p.shape != (n, len(CLASSES)):
        raise ValueError(f"classifier {name!r} returned an array of shape {p.shape} for {n} pairs; expected ({n}, 3)")
    wrong = ~np.isfinite(p).all(1) | (p < 0).any(1) | (abs(p.sum(1) - 1) > 1e-3) if n else np.zeros(0, dtype=bool)
    if wrong.any():
        row = int(wrong.argmax())
        raise ValueError(f"classifier {name!r} returned {p[row].tolist()} for pair {row}; expected three probabilities that sum to 1")
