"""Estimates per group: mean stance and shares, with intervals, corrected where hand labels allow."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from analysis.estimates import CORRECTED, QUANTITIES, RAW, TOO_FEW, counted, estimate_quantity, labelled_parts, too_few_labels
from analysis.groups import joined
from analysis.intervals import Floats, cluster_bootstrap, percentile_interval
from analysis.tables import CLASSES, UNSURE, typed

# Groups resampled at a time: keeps the memory of many speakers within bounds.
BLOCK = 500


def summarize(
    scores: pd.DataFrame,
    by: Sequence[str] = ("target",),
    *,
    statements: pd.DataFrame | None = None,
    articles: pd.DataFrame | None = None,
    labels: pd.DataFrame | None = None,
    weights: str | None = None,
    min_articles: int = 5,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 1,
) -> pd.DataFrame:
    """Estimate mean stance and the shares of the labels for each group.

    Parameters
    ----------
    scores : pandas.DataFrame
        Scores with ``statements`` (and ``articles``) beside them, or the result of ``join``.
    by : sequence of str
        Columns that make the groups: target, speaker, speaker_role, speaker_country, source, kind, any column of your own, or a period of ``published``
        (day, week, month, quarter, year).
    statements, articles : pandas.DataFrame, optional
        Where speaker, kind, source and date come from. With ``articles``, reprints are left out.
    labels : pandas.DataFrame, optional
        Hand labels of a random sample (``read_labels``), also with rows known for certain (probability 1). Groups with at least 30 labels in
        two or more articles get the corrected estimate; if some are certain, they must be worth 15 drawn ones.
    weights : str, optional
        Column with the weight of each row, above 0.
    min_articles : int
        Groups with fewer articles get no estimate and the method "too few articles".
    level : float
        Coverage of the intervals, above 0 and below 1.
    resamples, seed : int
        Of the bootstrap; the same seed gives the same interval.

    Returns
    -------
    pandas.DataFrame
        One row per group, in the order of ``by``: the summary table of the column dictionary (``estimate``, ``low``, ``high`` on the scale -1 to 1 and the
        shares 0 to 1 are corrected where ``method`` says so), then ``n_effective`` (labels that would give the same interval without the classifier),
        the classifier's own ``raw_estimate``, ``raw_low``, ``raw_high``, and ``share_<label>_low``, ``share_<label>_high``.

    Raises
    ------
    ValueError
        If rows cannot be joined, a column to group by is missing, a weight is not above 0, or labels name an unknown class.

    Notes
    -----
    Raw intervals: bootstrap of articles, expanded percentile (``intervals``); shares count the classifier's labels, and the rest up to 1 is ``unsure``.
    Corrected intervals: ``corrected.corrected_mean``; shares of the hand labels, so nothing is unsure.
    """
    rows = counted(joined(scores, statements, articles), by, weights)
    table, large = _raw(rows, list(by), min_articles, level, resamples, seed)
    if labels is not None:
        _correct(table, large, list(by), labels, level)
    return typed(table, "summary").set_index(list(by)).reset_index()


def compare_raw_and_corrected(
    scores: pd.DataFrame,
    labels: pd.DataFrame,
    by: Sequence[str] = ("target",),
    *,
    statements: pd.DataFrame | None = None,
    articles: pd.DataFrame | None = None,
    weights: str | None = None,
    min_articles: int = 5,
    level: float = 0.95,
    resamples: int = 2000,
    seed: int = 1,
) -> pd.DataFrame:
    """Set the classifier's estimates and the corrected ones side by side.

    Parameters are those of ``summarize``.

    Returns
    -------
    pandas.DataFrame
        One row per group with enough articles and quantity (stance, against, neutral, favor): ``raw``, ``raw_low``, ``raw_high``; ``corrected``, ``low``,
        ``high`` (null with fewer than 30 labels); ``bias`` (raw minus corrected); ``n_labels``, ``n_effective``, ``tuning`` (weight given to the
        classifier), ``n_statements``, ``n_articles``.
    """
    rows = counted(joined(scores, statements, articles), by, weights)
    raw, large = _raw(rows, list(by), min_articles, level, resamples, seed)
    found = []
    for group, part in labelled_parts(large, list(by), labels):
        of_raw = raw[raw[list(by)].apply(tuple, axis=1) == group].iloc[0]
        for quantity in QUANTITIES:
            name = "raw_{}" if quantity == "stance" else f"share_{quantity}{{}}"
            ends = ("estimate", "low", "high") if quantity == "stance" else ("", "_low", "_high")
            estimate = estimate_quantity(part, quantity, level)
            row: dict[str, Any] = {**dict(zip(by, group, strict=True)), "quantity": quantity}
            row |= {key: of_raw[name.format(end)] for key, end in zip(("raw", "raw_low", "raw_high"), ends, strict=True)}
            if estimate is not None:
                row |= {"corrected": estimate.estimate, "low": estimate.low, "high": estimate.high, "bias": row["raw"] - estimate.estimate}
                row |= {"n_effective": estimate.n_effective, "tuning": estimate.tuning}
            row |= {
                "n_labels": int(part["y_stance"].notna().sum()),
                "n_statements": of_raw["n_statements"],
                "n_articles": of_raw["n_articles"],
            }
            found.append(row)
    columns = [
        "raw",
        "raw_low",
        "raw_high",
        "corrected",
        "low",
        "high",
        "bias",
        "n_labels",
        "n_effective",
        "tuning",
        "n_statements",
        "n_articles",
    ]
    return pd.DataFrame(found, columns=[*by, "quantity", *columns])


def _raw(
    rows: pd.DataFrame, by: list[str], min_articles: int, level: float, resamples: int, seed: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the table of classifier estimates, and the rows of the groups large enough to have one."""
    rows = rows.assign(**{f"n_{label}": (rows["label"] == label).astype(int) for label in (*CLASSES, UNSURE)})
    grouped = rows.groupby(by, sort=True, observed=True)
    counts = {f"n_{label}": (f"n_{label}", "sum") for label in (*CLASSES, UNSURE)}
    table = grouped.agg(n_statements=("statement_id", "nunique"), n_articles=("article_id", "nunique"), **counts).reset_index()
    enough = table["n_articles"] >= min_articles
    table["n_labels"] = 0
    table["method"] = np.where(enough, f"{RAW}; bootstrap of articles", TOO_FEW)
    shares = [f"share_{label}" for label in (*CLASSES, UNSURE)]
    ends = [f"{name}{end}" for name in shares[:3] for end in ("_low", "_high")]
    for name in ("estimate", "low", "high", *shares, "n_effective", "raw_estimate", "raw_low", "raw_high", *ends):
        table[name] = np.nan
    large = rows[grouped.ngroup().map(enough).to_numpy(dtype=bool)] if len(rows) else rows
    if large.empty:
        return table, large
    values = np.column_stack(
        [large["stance"].to_numpy(dtype=np.float64), *((large["label"] == name).to_numpy(dtype=np.float64) for name in (*CLASSES, UNSURE))]
    )
    codes = large.groupby(by, sort=True, observed=True).ngroup().to_numpy().astype(np.int64)
    clusters = pd.factorize(large["article_id"], sort=True)[0].astype(np.int64)
    weights, n_articles = large["weight"].to_numpy(dtype=np.float64), int(clusters.max()) + 1
    rows_of = table.index[enough]
    for first in range(0, len(rows_of), BLOCK):
        block = (codes >= first) & (codes < first + BLOCK)
        drawn = cluster_bootstrap(values[block], codes[block] - first, clusters[block], weights[block], resamples, seed, n_articles)
        for position, name in enumerate(["estimate", *shares]):
            low, high = percentile_interval(drawn.draws[:, :, position], drawn.articles, level)
            _fill(table, rows_of[first : first + BLOCK], name, drawn.means[:, position], low, high)
    return table, large


def _fill(table: pd.DataFrame, where: pd.Index, name: str, means: Floats, low: Floats, high: Floats) -> None:
    table.loc[where, name] = means
    if name == "estimate":
        for column, values in {"low": low, "high": high, "raw_estimate": means, "raw_low": low, "raw_high": high}.items():
            table.loc[where, column] = values
    elif f"{name}_low" in table.columns:
        table.loc[where, f"{name}_low"], table.loc[where, f"{name}_high"] = low, high


def _correct(table: pd.DataFrame, large: pd.DataFrame, by: list[str], labels: pd.DataFrame, level: float) -> None:
    """Put the corrected estimates in the place of the raw ones, where there are labels enough."""
    if large.empty:
        return
    place = {
        group if isinstance(group, tuple) else (group,): row
        for row, group in zip(table.index, table[by].itertuples(index=False, name=None), strict=True)
    }
    for group, part in labelled_parts(large, by, labels):
        row = place[group]
        n_labels = int(part["y_stance"].notna().sum())
        table.loc[row, "n_labels"] = n_labels
        found = {quantity: estimate_quantity(part, quantity, level) for quantity in QUANTITIES}
        stance = found["stance"]
        if stance is None:
            if n_labels:
                table.loc[row, "method"] = f"{RAW}; bootstrap of articles ({too_few_labels(part)})"
            continue
        table.loc[row, ["estimate", "low", "high", "n_effective"]] = [stance.estimate, stance.low, stance.high, stance.n_effective]
        table.loc[row, f"share_{UNSURE}"] = 0.0
        for label in CLASSES:
            share = found[label]
            if share is not None:
                table.loc[row, [f"share_{label}", f"share_{label}_low", f"share_{label}_high"]] = [share.estimate, share.low, share.high]
        table.loc[row, "method"] = f"{CORRECTED}; cluster-robust"
