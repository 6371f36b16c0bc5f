"""Differences: between groups, from one period to the next, before and after an event, each with its own interval."""

from collections.abc import Sequence
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from analysis.corrected import Estimate
from analysis.estimates import CORRECTED, RAW, counted, estimate_quantity, labelled_parts
from analysis.groups import PERIODS, joined
from analysis.intervals import Floats, cluster_bootstrap, percentile_interval

MOST = 5000


def differences(
    scores: pd.DataFrame,
    between: str,
    by: Sequence[str] = ("target",),
    *,
    among: Sequence[object] | None = None,
    statements: pd.DataFrame | None = None,
    articles: pd.DataFrame | None = None,
    labels: pd.DataFrame | None = None,
    weights: str | None = None,
    min_articles: int = 5,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 1,
) -> pd.DataFrame:
    """Compare mean stance of every two groups, within each group of ``by``.

    Parameters
    ----------
    between : str
        Column whose values are compared: speaker, source, target, or a period (day, week, month, quarter, year), of which only neighbours are compared.
    by : sequence of str
        Columns within which is compared; may be empty.
    among : sequence, optional
        Values of ``between`` to compare; without it, all.
    scores, statements, articles, labels, weights, min_articles, level, resamples, seed
        As in ``summarize``. Groups with fewer articles are not compared.

    Returns
    -------
    pandas.DataFrame
        ``by``, ``first``, ``second``, ``difference`` (mean stance of second minus first, -2 to 2), ``low``, ``high``, ``p`` (of a difference this large where
        there is none), ``p_holm`` (``p`` made stricter for the number of comparisons in this table), ``n_comparisons``, ``n_articles_first``,
        ``n_articles_second``, ``n_labels``, ``method``. The intervals are not widened for the number of comparisons; judge by ``p_holm``.

    Raises
    ------
    ValueError
        As ``summarize``; also if ``between`` stands in ``by``, a value of ``among`` does not occur, or there are more than 5,000 comparisons.

    Notes
    -----
    Uncorrected: both groups are averaged in the same resamples of articles. Corrected, where both groups have 30 labels: cluster-robust variance of
    the difference.

    References
    ----------
    Holm (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6(2).
    """
    if between in by:
        raise ValueError(f"{between!r} stands in by and in between; compare within other columns")
    keys = [*by, between]
    rows = counted(joined(scores, statements, articles), keys, weights)
    if among is not None:
        absent = [value for value in among if not (rows[between] == value).any()]
        if absent:
            raise ValueError(f"no {between} {absent[0]!r} to compare")
        rows = rows[rows[between].isin(list(among))]
    rows = rows[rows.groupby(keys, observed=True)["article_id"].transform("nunique") >= min_articles]
    result = [*by, "first", "second", "difference", "low", "high", "p", "p_holm", "n_comparisons"]
    result += ["n_articles_first", "n_articles_second", "n_labels", "method"]
    if rows.empty:
        return pd.DataFrame(columns=result)
    found = _raw_differences(rows, keys, level, resamples, seed, pairwise if between in PERIODS else combinations_of_two)
    if labels is not None:
        _correct_differences(found, rows, keys, labels, level)
    table = pd.DataFrame(
        [{**dict(zip(by, row["pair"][0], strict=False)), "first": row["pair"][0][-1], "second": row["pair"][1][-1], **row} for row in found]
    )
    if table.empty:
        return pd.DataFrame(columns=result)
    table["p_holm"], table["n_comparisons"] = holm(table["p"].to_numpy(dtype=np.float64)), len(table)
    return table[result]


def before_after(
    scores: pd.DataFrame, date: str | pd.Timestamp, by: Sequence[str] = ("target",), *, days: int | None = None, **more: Any
) -> pd.DataFrame:
    """Compare mean stance before a day with that from this day on.

    Parameters
    ----------
    scores : pandas.DataFrame
        As in ``summarize``; needs ``published`` (of ``articles``).
    date : str or pandas.Timestamp
        First day that counts as after, such as "2022-02-24".
    by : sequence of str
        Columns within which is compared.
    days : int, optional
        How many days on each side count; without it, all.
    **more
        Further parameters of ``differences``.

    Returns
    -------
    pandas.DataFrame
        As ``differences``, with first "before" and second "after". It says that stance changed, not that the event changed it.
    """
    rows = joined(scores, more.pop("statements", None), more.pop("articles", None))
    if "published" not in rows.columns:
        raise ValueError("before_after needs the column published; give articles=")
    at = pd.Timestamp(date)
    distance = (pd.to_datetime(rows["published"]) - at).dt.days
    kept = rows[distance.notna() & ((distance >= -days) & (distance < days) if days is not None else True)]
    side = np.where(pd.to_datetime(kept["published"]) < at, "1 before", "2 after")
    table = differences(kept.assign(side=side), "side", by, **more)
    return table.replace({"first": {"1 before": "before"}, "second": {"2 after": "after"}})


def holm(p: Floats) -> Floats:
    """Return the p values adjusted for their number (Holm 1979)."""
    order = np.argsort(p)
    stricter = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(stricter, 1.0)
    return adjusted


def combinations_of_two(places: list[int]) -> Any:
    """Return every two of the places."""
    return combinations(places, 2)


def _raw_differences(rows: pd.DataFrame, keys: list[str], level: float, resamples: int, seed: int, pairs: Any) -> list[dict[str, Any]]:
    grouped = rows.groupby(keys, sort=True, observed=True)
    names = [name if isinstance(name, tuple) else (name,) for name, _ in grouped]
    articles = grouped["article_id"].nunique().to_numpy()
    drawn = cluster_bootstrap(
        rows[["stance"]].to_numpy(dtype=np.float64),
        grouped.ngroup().to_numpy().astype(np.int64),
        pd.factorize(rows["article_id"], sort=True)[0].astype(np.int64),
        rows["weight"].to_numpy(dtype=np.float64),
        resamples,
        seed,
    )
    within: dict[tuple[object, ...], list[int]] = {}
    for place, name in enumerate(names):
        within.setdefault(name[:-1], []).append(place)
    number = sum(len(places) * (len(places) - 1) // 2 for places in within.values())
    if number > MOST and pairs is not pairwise:
        raise ValueError(f"{number:,} comparisons are too many to tell anything; name those of interest with among=[...]")
    found = []
    for places in within.values():
        for first, second in pairs(places):
            draws = (drawn.draws[:, second] - drawn.draws[:, first])[:, 0]
            variances = np.nanvar(drawn.draws[:, [first, second], 0], axis=0)
            # Satterthwaite: the group with few articles decides, if it is the uncertain one.
            degrees = variances.sum() ** 2 / max(float(np.sum(variances**2 / (drawn.articles[[first, second]] - 1))), 1e-12)
            low, high = percentile_interval(draws[:, None], np.array([degrees + 1]), level)
            difference = float(drawn.means[second, 0] - drawn.means[first, 0])
            spread = float(np.nanstd(draws)) * np.sqrt((degrees + 1) / degrees)
            row = {"pair": (names[first], names[second]), "difference": difference, "low": float(low[0]), "high": float(high[0])}
            row |= {"p": bootstrap_p(draws, difference, spread, degrees), "n_labels": 0, "method": f"{RAW}; bootstrap of articles"}
            found.append(row | {"n_articles_first": articles[first], "n_articles_second": articles[second]})
    return found


def _correct_differences(found: list[dict[str, Any]], rows: pd.DataFrame, keys: list[str], labels: pd.DataFrame, level: float) -> None:
    parts = dict(labelled_parts(rows, keys, labels))
    made = {name: estimate_quantity(part, "stance", level) for name, part in parts.items()}
    for row in found:
        first, second = (made[name] for name in row["pair"])
        if first is None or second is None:
            continue
        articles = [np.unique(parts[name]["article_id"].to_numpy(dtype=object)) for name in row["pair"]]
        variance = _variance_of_difference(first, second, articles)
        degrees = (first.variance + second.variance) ** 2 / (first.variance**2 / first.degrees + second.variance**2 / second.degrees)
        difference = second.estimate - first.estimate
        half = float(special.stdtrit(degrees, (1 + level) / 2)) * np.sqrt(variance)
        row |= {"difference": difference, "low": difference - half, "high": difference + half, "n_labels": first.n_labels + second.n_labels}
        row |= {"p": two_sided(difference, float(np.sqrt(variance)), degrees), "method": f"{CORRECTED}; cluster-robust"}


def _variance_of_difference(first: Estimate, second: Estimate, articles: list[Any]) -> float:
    """Add up each article's part in the difference, articles with statements in both groups having one part."""
    _, code = np.unique(np.concatenate(articles), return_inverse=True)
    return float(np.sum(np.bincount(code, weights=np.concatenate([-first.influence, second.influence])) ** 2))


def bootstrap_p(draws: Floats, difference: float, spread: float, degrees: float) -> float:
    """Return the p value that goes with the expanded percentile interval: the level at which it just reaches 0.

    Where no resample lies on the other side of 0, the t test says how small it is.
    """
    known = draws[~np.isnan(draws)]
    beyond = float(np.sum(known < 0) if difference > 0 else np.sum(known > 0)) + float(np.sum(known == 0)) / 2
    share = min((beyond + 0.5) / (len(known) + 1), 0.5)
    p = 2 * float(special.stdtr(degrees, special.ndtri(share) / np.sqrt((degrees + 1) / degrees)))
    return min(p, two_sided(difference, spread, degrees)) if beyond == 0 else p


def two_sided(difference: float, spread: float, degrees: float) -> float:
    """Return the p value of a t test."""
    if spread == 0:
        return 1.0 if difference == 0 else 0.0
    return float(2 * special.stdtr(degrees, -abs(difference) / spread))
