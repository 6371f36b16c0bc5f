"""The clearest statements toward each target, the words that carried them, and what two classifiers make of the same statements."""

from collections.abc import Mapping
from html import escape

import pandas as pd

from analysis.classifiers import StanceClassifier
from analysis.groups import NO_SPEAKER
from analysis.occlusion import explain_clearly, highlight_words
from analysis.scores import pairs_of, score_stance
from analysis.views import View

KEY = ["statement_id", "target"]


def strongest_statements(scores: pd.DataFrame, n: int = 3) -> pd.DataFrame:
    """Return the ``n`` most hostile and the ``n`` most favourable statements toward each target, by ``stance``.

    Parameters
    ----------
    scores : pandas.DataFrame
        Table ``scores``, or the result of ``join``.
    n : int
        On each side of each target; fewer where fewer statements lean that way.

    Returns
    -------
    pandas.DataFrame
        Rows of ``scores`` with the column ``side`` (against, favor), by target, the strongest first. Statements labelled neutral or unsure are left out.
    """
    parts = []
    for side, rising in (("against", True), ("favor", False)):
        ranked = scores[scores["label"] == side].sort_values(["target", "stance"], ascending=[True, rising], kind="stable")
        parts.append(ranked.groupby("target", sort=False).head(n).assign(side=side))
    return pd.concat(parts).sort_values(["target", "side"], kind="stable").reset_index(drop=True)


def show_strongest(
    scores: pd.DataFrame, statements: pd.DataFrame, mentions: pd.DataFrame, classifier: StanceClassifier, n: int = 2
) -> View:
    """Show the strongest statements of each target, with the words that carried the stance: blue for favor, orange for against.

    Parameters
    ----------
    scores, statements, mentions : pandas.DataFrame
        Tables of a run.
    classifier : StanceClassifier
        The one that made the scores; it is asked twice for each word.
    n : int
        Statements on each side.

    Returns
    -------
    View
    """
    rows = strongest_statements(scores, n)
    pairs = pairs_of(statements, rows[KEY].merge(mentions, on=KEY, how="left", validate="one_to_one"))
    reasons = explain_clearly(pairs, classifier)
    parts = []
    for (target, side), part in rows.groupby(["target", "side"], sort=False):
        parts.append(f"<h4>{escape(str(target))}: {'against' if side == 'against' else 'in favor'}</h4>")
        for place, row in part.iterrows():
            pair = pairs[int(str(place))]
            numbers = ", ".join(f"{name} {row[f'p_{name}']:.2f}" for name in ("against", "neutral", "favor"))
            words = highlight_words(pair, reasons[int(str(place))])
            parts.append(f"{words}<p><small>{escape(pair.holder or NO_SPEAKER)}; {numbers}</small></p>")
    return View("".join(parts) or "<p>No statement is labelled against or favor.</p>")


def compare_classifiers(statements: pd.DataFrame, mentions: pd.DataFrame, classifiers: Mapping[str, StanceClassifier]) -> pd.DataFrame:
    """Score the same statements with several classifiers and set the answers side by side.

    Parameters
    ----------
    statements, mentions : pandas.DataFrame
        Tables of a run.
    classifiers : mapping of str to StanceClassifier
        By the name to show.

    Returns
    -------
    pandas.DataFrame
        One row per statement and target: ``speaker``, ``target``, ``label NAME`` and ``stance NAME`` (-1 to 1) for each classifier, ``agree`` (all labels are
        the same), ``text``; those whose stances lie furthest apart first.

    Raises
    ------
    ValueError
        If there are fewer than two classifiers.
    """
    if len(classifiers) < 2:
        raise ValueError(f"comparing needs two classifiers or more; given: {', '.join(classifiers) or 'none'}")
    made = {name: score_stance(statements, mentions, classifier) for name, classifier in classifiers.items()}
    table = mentions[KEY].merge(statements[["statement_id", "speaker", "text"]], on="statement_id", how="left", validate="many_to_one")
    table["speaker"] = table["speaker"].fillna(NO_SPEAKER)
    for column in ("label", "stance"):
        for name, scores in made.items():
            table[f"{column} {name}"] = scores[column].to_numpy()
    labels, stances = ([f"{column} {name}" for name in made] for column in ("label", "stance"))
    table["agree"] = table[labels].eq(table[labels[0]], axis=0).all(axis=1)
    apart = table[stances].max(axis=1) - table[stances].min(axis=1)
    order = apart.sort_values(ascending=False, kind="stable").index
    return table.loc[order, ["speaker", "target", *labels, *stances, "agree", "text"]].reset_index(drop=True)
