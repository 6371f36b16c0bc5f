"""Statements filtered by speaker, target, kind, label, words and date, with the number left after each filter, and shown where they stand."""

from collections.abc import Iterator
from html import escape
from typing import Any, TypeAlias

import pandas as pd

from analysis.groups import NO_SPEAKER
from analysis.highlight import highlight_article
from analysis.views import View

Mask: TypeAlias = "pd.Series[bool]"
EVERY = "(all)"


def filter_statements(
    statements: pd.DataFrame,
    mentions: pd.DataFrame,
    articles: pd.DataFrame | None = None,
    scores: pd.DataFrame | None = None,
    **filters: Any,
) -> pd.DataFrame:
    """Return the statements that pass every filter.

    Parameters
    ----------
    statements, mentions : pandas.DataFrame
        Tables of a run.
    articles : pandas.DataFrame, optional
        Needed for ``since`` and ``until``.
    scores : pandas.DataFrame, optional
        Needed for ``label``.
    **filters
        Any of ``speaker`` (``"(no speaker)"`` for the article's own voice), ``target``, ``kind``, ``label`` (toward ``target`` where that is given),
        ``words`` (anywhere in the statement, capitals or not), ``since`` and ``until`` (days, both counted in). None and "" do not filter.

    Returns
    -------
    pandas.DataFrame
        Rows of ``statements``, in order.

    Raises
    ------
    ValueError
        If a filter is unknown, or its table is not given.
    """
    kept = pd.Series(True, index=statements.index)
    for _, _, passes in _passes(statements, mentions, articles, scores, filters):
        kept &= passes
    return statements[kept]


def count_filters(
    statements: pd.DataFrame,
    mentions: pd.DataFrame,
    articles: pd.DataFrame | None = None,
    scores: pd.DataFrame | None = None,
    **filters: Any,
) -> pd.DataFrame:
    """Return how many statements each filter leaves, one after the other: the parameters and errors of ``filter_statements``.

    Returns
    -------
    pandas.DataFrame
        ``filter``, ``value``, ``before``, ``after``; one row a filter, in the order in which they are applied.
    """
    kept = pd.Series(True, index=statements.index)
    rows = []
    for name, value, passes in _passes(statements, mentions, articles, scores, filters):
        before = int(kept.sum())
        kept &= passes
        rows.append({"filter": name, "value": value, "before": before, "after": int(kept.sum())})
    return pd.DataFrame(rows, columns=["filter", "value", "before", "after"])


def _passes(
    statements: pd.DataFrame, mentions: pd.DataFrame, articles: pd.DataFrame | None, scores: pd.DataFrame | None, filters: dict[str, Any]
) -> Iterator[tuple[str, str, Mask]]:
    known = ("speaker", "target", "kind", "label", "words", "since", "until")
    given = {name: value for name, value in filters.items() if value is not None and value != ""}
    for name in filters:
        if name not in known:
            raise ValueError(f"unknown filter {name!r}; filters are {', '.join(known)}")
    for name, table, needed in (("label", scores, "scores"), ("since", articles, "articles"), ("until", articles, "articles")):
        if name in given and table is None:
            raise ValueError(f"filtering by {name} needs the table {needed}")
    for name in (name for name in known if name in given):
        yield name, str(given[name]), _passing(name, given, statements, mentions, articles, scores)


def _passing(
    name: str,
    given: dict[str, Any],
    statements: pd.DataFrame,
    mentions: pd.DataFrame,
    articles: pd.DataFrame | None,
    scores: pd.DataFrame | None,
) -> Mask:
    value = given[name]
    if name == "speaker":
        return statements["speaker"].fillna(NO_SPEAKER).eq(str(value))
    if name == "kind":
        return statements["kind"].eq(str(value))
    if name == "words":
        return statements["text"].str.contains(str(value), case=False, regex=False)
    if name == "target":
        return statements["statement_id"].isin(mentions.loc[mentions["target"] == value, "statement_id"])
    if name == "label":
        assert scores is not None
        rows = scores[scores["label"] == value]
        rows = rows[rows["target"] == given["target"]] if "target" in given else rows
        return statements["statement_id"].isin(rows["statement_id"])
    assert articles is not None
    published = statements["article_id"].map(articles.set_index("article_id")["published"])
    day = pd.Timestamp(value)
    return (published >= day) if name == "since" else (published <= day)


def show_statements(articles: pd.DataFrame, chosen: pd.DataFrame, mentions: pd.DataFrame, most: int = 1) -> str:
    """Return, as HTML, the first articles with statements among ``chosen``, these highlighted where they stand."""
    held = articles[articles["article_id"].isin(chosen["article_id"])]
    said = f"<p>{_counted(len(chosen), 'statement')} in {_counted(len(held), 'article')}"
    said += f"; shown: the first {most}.</p>" if len(held) > most else ".</p>"
    return said + "".join(highlight_article(article, chosen, mentions) for _, article in held.head(most).iterrows())


def explore_statements(
    articles: pd.DataFrame, statements: pd.DataFrame, mentions: pd.DataFrame, scores: pd.DataFrame | None = None
) -> View:
    """Show statements highlighted in their articles, to be filtered by speaker, target, kind, label (with scores), words and date.

    Parameters
    ----------
    articles, statements, mentions, scores : pandas.DataFrame
        Tables of a run.

    Returns
    -------
    View
        Where no kernel runs or ipywidgets is not installed: the first article with all its statements; with scores, with those labelled against or in favor.
    """
    plain = show_statements(articles, statements, mentions)
    if scores is not None:
        taken = scores.loc[scores["label"].isin(("against", "favor")), "statement_id"]
        plain = (
            f"<p>Labelled against or in favor:</p>{show_statements(articles, statements[statements['statement_id'].isin(taken)], mentions)}"
        )
    try:
        import ipywidgets as widgets
    except ModuleNotFoundError:
        return View(plain)
    choices = {
        "speaker": [EVERY, *statements["speaker"].fillna(NO_SPEAKER).value_counts().index],
        "target": [EVERY, *mentions["target"].unique()],
        "kind": [EVERY, *statements["kind"].unique()],
    }
    if scores is not None:
        choices["label"] = [EVERY, *scores["label"].unique()]
    boxes: dict[str, Any] = {name: widgets.Dropdown(options=values, description=name) for name, values in choices.items()}
    boxes["words"] = widgets.Text(description="words", placeholder="in the statement", continuous_update=False)
    days = sorted(articles["published"].dropna().unique())
    if len(days) > 1:
        options = [(pd.Timestamp(day).date().isoformat(), day) for day in days]
        boxes["date"] = widgets.SelectionRangeSlider(
            options=options, index=(0, len(days) - 1), description="date", layout=widgets.Layout(width="36em"), continuous_update=False
        )
    which = widgets.Dropdown(description="article", layout=widgets.Layout(width="48em"))
    counts, shown = widgets.HTML(), widgets.HTML(plain)
    now: dict[str, pd.DataFrame] = {}

    def choose(_: Any = None) -> None:
        filters = {name: box.value for name, box in boxes.items() if name != "date" and box.value != EVERY}
        if "date" in boxes and boxes["date"].index != (0, len(days) - 1):
            filters |= dict(zip(("since", "until"), boxes["date"].value, strict=True))
        now["chosen"] = filter_statements(statements, mentions, articles, scores, **filters)
        steps = count_filters(statements, mentions, articles, scores, **filters)
        counts.value = "<br>".join(
            [f"{_counted(len(statements), 'statement')} in all"]
            + [f"{escape(r['filter'])} {escape(r['value'])}: {r['before']:,} → {r['after']:,}" for r in steps.to_dict("records")]
        )
        which.options = [
            (f"{title if isinstance(title, str) else 'without title'} ({number})", article_id)
            for article_id, title, number in _held(articles, now["chosen"])
        ]
        which.index = 0 if len(which.options) else None  # a list that was empty stays without a choice by itself
        draw()

    def draw(_: Any = None) -> None:
        one = articles[articles["article_id"] == which.value]
        shown.value = highlight_article(one.iloc[0], now["chosen"], mentions) if len(one) else "<p>No statement passes all filters.</p>"

    choose()
    for box in boxes.values():
        box.observe(choose, names="value")
    which.observe(draw, names="value")
    lines = [widgets.HBox([box for name, box in boxes.items() if name in choices]), widgets.HBox([boxes["words"]])]
    lines += [widgets.HBox([boxes["date"]])] if "date" in boxes else []
    return View(plain, widgets.VBox([*lines, counts, which, shown]))


def _held(articles: pd.DataFrame, chosen: pd.DataFrame) -> Iterator[tuple[str, object, int]]:
    numbers = chosen["article_id"].value_counts()
    for article_id, title in zip(articles["article_id"], articles["title"], strict=True):
        if article_id in numbers.index:
            yield article_id, title, int(numbers[article_id])


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
