"""The words that carried the stance of the clearest statements, as many as there is time for."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.classifiers import Progress, StanceClassifier
from analysis.embedded import EmbeddedClassifier
from analysis.groups import join
from analysis.inference import ModelError
from analysis.occlusion import FAINT, explain_clearly
from analysis.results import Results
from analysis.scores import pairs_of
from analysis.tables import empty, typed

KEY = ["statement_id", "target"]
SIGN = {"against": -1, "favor": 1}
SHARE = 2 / 3  # of the strongest word's weight


class OtherModelError(ModelError):
    """A classifier that is not the one that made the scores: its reasons would not be theirs."""


def most_decided(scores: pd.DataFrame, n: int | None = None) -> pd.DataFrame:
    """Return the ``n`` scores most decidedly against or in favor, equally many on each side of each target as far as there are any.

    Parameters
    ----------
    scores : pandas.DataFrame
        Table ``scores``, or the result of ``join``.
    n : int, optional
        All without it.

    Returns
    -------
    pandas.DataFrame
        Rows of ``scores`` labelled against or favor: the first by the probability of its label on each side of each target, then the second ones, and so on: a
        model may be surer of one side than of the other. Statements labelled neutral or unsure took no side that words could have carried.
    """
    decided = scores[scores["label"].isin(SIGN)]
    decided = decided.assign(top=decided[["p_against", "p_favor"]].max(axis=1)).sort_values(
        ["top", "statement_id"], ascending=[False, True], kind="stable"
    )
    decided["rank"] = decided.groupby(["target", "label"]).cumcount()
    order = decided.sort_values(["rank", "top", "target"], ascending=[True, False, True], kind="stable")
    return order.drop(columns=["top", "rank"]).head(len(order) if n is None else n).reset_index(drop=True)


def proposer_for(classifier: StanceClassifier) -> StanceClassifier | None:
    """Return who proposes the words to ask a classifier about: to an ensemble one that has a say in it, as the fast model in the default; to any other nobody."""
    return next(iter(classifier.others), None) if isinstance(classifier, EmbeddedClassifier) else None


def weigh_words(
    chosen: pd.DataFrame,
    statements: pd.DataFrame,
    mentions: pd.DataFrame,
    classifier: StanceClassifier,
    progress: Progress | None = None,
    proposer: StanceClassifier | None = None,
) -> pd.DataFrame:
    """Return table ``words``: how much each word, or run of words, of the chosen statements moved the stance, by ``explain_clearly``.

    Parameters
    ----------
    chosen : pandas.DataFrame
        ``statement_id`` and ``target`` of the scores to explain.
    statements, mentions : pandas.DataFrame
        Tables of a run.
    classifier : StanceClassifier
        The one that made the scores; it is asked twice for each word, or for each of the four words proposed to it.
    progress : callable, optional
        Called with the number of scores explained.
    proposer : StanceClassifier, optional
        From ``proposer_for``.
    """
    pairs = pairs_of(statements, chosen[KEY].merge(mentions, on=KEY, how="left", validate="one_to_one"))
    found = explain_clearly(pairs, classifier, progress, proposer)
    named = zip(found, chosen["statement_id"], chosen["target"], strict=True)
    parts = [words.assign(statement_id=identity, target=target) for words, identity, target in named]
    return typed(pd.concat([empty("words"), *parts], ignore_index=True), "words")


def rationales(words: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Return the words that carried each explained score, as spans of the statement.

    A word carried the stance if its weight has the sign of the label (below 0 for against, above for favor) and is at least two thirds of the strongest
    such weight of the statement: a neighbour of the strongest gets half by standing there. Where the strongest is below 0.05, no single word
    or run of words carried it: the list is empty. Kept words that stand side by side become one span.

    Parameters
    ----------
    words : pandas.DataFrame
        Table ``words``.
    scores : pandas.DataFrame
        Table ``scores``; gives the labels.

    Returns
    -------
    pandas.DataFrame
        ``statement_id``, ``target``, ``carried`` (list of [start, end) in the statement's text), one row for each score that was explained.
    """
    rows = []
    labelled = words.merge(scores[[*KEY, "label"]], on=KEY, how="inner", validate="many_to_one")
    for (identity, target, label), part in labelled[labelled["label"].isin(SIGN)].groupby([*KEY, "label"], sort=False):
        # Rounded, so that a last digit that differs between machines does not decide.
        toward = np.round(part["weight"].to_numpy(dtype=float) * SIGN[str(label)], 6)
        kept = (toward >= np.round(SHARE * toward.max(), 6)) & (toward.max() >= FAINT)
        rows.append((identity, target, _joined(part, kept.tolist())))
    return pd.DataFrame(rows, columns=[*KEY, "carried"])


def _joined(words: pd.DataFrame, kept: list[bool]) -> list[list[int]]:
    spans: list[list[int]] = []
    for start, end, keep in zip(words["start"].tolist(), words["end"].tolist(), kept, strict=True):
        if keep and spans and start - spans[-1][1] <= 1:
            spans[-1][1] = end
        elif keep:
            spans.append([start, end])
    return spans


def unexplained(results: Results, n: int | None) -> pd.DataFrame:
    """Return which of the ``n`` most decided scores have no words in the results yet."""
    chosen = _chosen(results, n)
    known = results.tables.get("words", empty("words"))[KEY].drop_duplicates()
    beside = chosen.merge(known, on=KEY, how="left", indicator="known")
    return chosen[(beside["known"] == "left_only").to_numpy()].reset_index(drop=True)


def explain_more(
    results: Results,
    missing: pd.DataFrame,
    classifier: StanceClassifier,
    progress: Progress | None = None,
    proposer: StanceClassifier | None = None,
) -> Results:
    """Return the results with the words of further scores; parameters as of ``weigh_words``.

    Raises
    ------
    OtherModelError
        If the classifier is not the one that made the scores.
    """
    require_same_model(results, classifier)
    tables = results.tables
    words = weigh_words(missing, tables["statements"], tables["mentions"], classifier, progress, proposer)
    words = pd.concat([tables.get("words", empty("words")), words], ignore_index=True)
    return replace(results, tables={**tables, "words": typed(words, "words")})


def require_same_model(results: Results, classifier: StanceClassifier) -> None:
    """Raise OtherModelError unless the classifier is the one that made the scores."""
    made = str(results.manifest["models"]["stance"]["sha256"])
    if classifier.revision != made:
        # Of a folder only its name: the sentence stands in the report too.
        raise OtherModelError(
            f"the model at hand, {Path(classifier.name).name}, is not the one that made the scores: its sha256 begins with {classifier.revision[:12]}, "
            f"that in manifest.json with {made[:12]}"
        )


def keep_words(results: Results, n: int | None) -> Results:
    """Return the results with the words of the ``n`` most decided scores only, as far as they are known."""
    words = results.tables.get("words", empty("words"))
    kept = words.merge(_chosen(results, n), on=KEY, how="inner", validate="many_to_one")
    return replace(results, tables={**results.tables, "words": kept})


def _chosen(results: Results, n: int | None) -> pd.DataFrame:
    tables = results.tables
    return most_decided(join(tables["scores"], tables["statements"], tables["articles"]), n)[KEY]
