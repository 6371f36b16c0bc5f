"""Stance over time: estimates per period, a smoothed line with its band, and events to set beside them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml

from analysis.estimates import counted
from analysis.groups import PERIODS, joined
from analysis.intervals import draw_counts, percentile_interval

# Width of the smoothing kernel for each period: about its length.
BANDWIDTH = {"day": 1.0, "week": 7.0, "month": 20.0, "quarter": 60.0, "year": 240.0}
MOST_POINTS = 200


def smooth_stance(
    scores: pd.DataFrame,
    by: Sequence[str] = ("target",),
    *,
    every: str = "month",
    bandwidth: float | None = None,
    statements: pd.DataFrame | None = None,
    articles: pd.DataFrame | None = None,
    weights: str | None = None,
    min_articles: int = 5,
    level: float = 0.95,
    resamples: int = 1000,
    seed: int = 1,
) -> pd.DataFrame:
    """Smooth mean stance over time, with a band from resampling articles.

    Parameters
    ----------
    by : sequence of str
        Columns that make the lines.
    every : str
        Period it goes with (day, week, month, quarter, year); sets the default bandwidth.
    bandwidth : float, optional
        Standard deviation of the Gaussian kernel in days: 1, 7, 20, 60 or 240 for the periods.
    scores, statements, articles, weights, min_articles, level, resamples, seed
        As in ``summarize``. Days with fewer articles than ``min_articles`` within one bandwidth on either side are gaps.

    Returns
    -------
    pandas.DataFrame
        ``by``, ``day``, ``smooth`` (-1 to 1), ``low``, ``high`` (pointwise; null in gaps), ``n_articles`` within one bandwidth. Classifier output, uncorrected.

    Raises
    ------
    ValueError
        If there is no ``published``, the period is unknown or the bandwidth not above 0.

    References
    ----------
    Nadaraya (1964) and Watson (1964): kernel average. The band holds the smoothed value, not each period's.
    """
    if every not in PERIODS:
        raise ValueError(f"unknown period {every!r}; periods are {', '.join(PERIODS)}")
    width = BANDWIDTH[every] if bandwidth is None else bandwidth
    if not width > 0:
        raise ValueError(f"bandwidth is {bandwidth!r}; it must be above 0 days")
    rows = counted(joined(scores, statements, articles), [*by, every], weights)
    columns = [*by, "day", "smooth", "low", "high", "n_articles"]
    found = [pd.DataFrame(columns=columns)] if rows.empty else []
    for group, part in rows.groupby(list(by), sort=True, observed=True):
        line = _smooth_one(part, width, min_articles, level, resamples, seed)
        named: dict[str, Any] = dict(zip(by, group if isinstance(group, tuple) else (group,), strict=True))
        found.append(line.assign(**named)[columns])
    return pd.concat(found, ignore_index=True)


def _smooth_one(rows: pd.DataFrame, width: float, min_articles: int, level: float, resamples: int, seed: int) -> pd.DataFrame:
    weighted = pd.DataFrame(
        {
            "article": rows["article_id"],
            "at": pd.to_datetime(rows["published"]),
            "w": rows["weight"],
            "sum": rows["weight"] * rows["stance"],
        }
    )
    per = weighted.groupby("article", sort=True).agg({"at": "first", "w": "sum", "sum": "sum"})
    first = per["at"].min().normalize()
    at = (per["at"] - first).dt.total_seconds().to_numpy() / 86400
    step = max(1, int(np.ceil((at.max() + 1) / MOST_POINTS)))
    grid = np.arange(0, at.max() + 1, step)
    distance = np.abs(grid[:, None] - at) / width
    kernel = np.where(distance <= 4, np.exp(-(distance**2) / 2), 0.0)
    near = (distance <= 1).sum(axis=1)
    parts = np.vstack([kernel * per["sum"].to_numpy(), kernel * per["w"].to_numpy()])
    drawn = np.vstack([counts @ parts.T for counts in draw_counts(len(per), resamples, seed)])
    with np.errstate(invalid="ignore", divide="ignore"):
        value = parts[: len(grid)].sum(axis=1) / parts[len(grid) :].sum(axis=1)
        draws = drawn[:, : len(grid)] / drawn[:, len(grid) :]
        effective = parts[len(grid) :].sum(axis=1) ** 2 / (parts[len(grid) :] ** 2).sum(axis=1)
    low, high = percentile_interval(draws, np.nan_to_num(effective, nan=2.0), level)
    line = pd.DataFrame({"day": first + pd.to_timedelta(grid, unit="D"), "smooth": value, "low": low, "high": high, "n_articles": near})
    line.loc[near < min_articles, ["smooth", "low", "high"]] = np.nan
    return line


def read_events(path: str | Path) -> pd.DataFrame:
    """Read the events to mark: a CSV with the columns date and event, or YAML lines ``2022-02-24: Invasion of Ukraine``.

    Returns
    -------
    pandas.DataFrame
        ``date`` and ``event``, by date.

    Raises
    ------
    ValueError
        If the file is of neither kind, a column is missing or a date cannot be read; the message names the entry.
    """
    path = Path(path)
    if path.suffix in (".yml", ".yaml"):
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        if not isinstance(raw, dict):
            raise ValueError(f"{path}: expected lines such as 2022-02-24: Invasion of Ukraine, found {type(raw).__name__}")
        table = pd.DataFrame({"date": [str(key) for key in raw], "event": [str(value) for value in raw.values()]})
    elif path.suffix == ".csv":
        table = pd.read_csv(path, dtype=str)
        for name in ("date", "event"):
            if name not in table.columns:
                raise ValueError(f"{path}: no column {name!r}; it has {', '.join(table.columns)}")
    else:
        raise ValueError(f"{path}: events are read from .csv, .yml or .yaml, not {path.suffix or 'a file without ending'}")
    dates = pd.to_datetime(table["date"], errors="coerce", format="ISO8601")
    if dates.isna().any():
        row = int(np.flatnonzero(dates.isna())[0])
        raise ValueError(f"{path}: entry {row + 1}: {table['date'].iloc[row]!r} is not a date; write it as 2022-02-24")
    return table.assign(date=dates)[["date", "event"]].sort_values("date", kind="stable").reset_index(drop=True)
