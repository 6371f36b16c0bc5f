"""What a run leaves, in memory and read back from its folder."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.groups import join
from analysis.storage import MANIFEST, ResultsError
from analysis.summary import summarize
from analysis.tables import TABLES, check, empty
from analysis.trends import read_events, smooth_stance

NAMES = ("articles", "statements", "mentions", "scores", "summary")
DAYS_BY_MONTH = 60  # from this span on, stance is shown by month, below it by week


@dataclass(frozen=True)
class OverTime:
    """Stance over time: the period (``month``), ``points`` of ``summarize``, ``smooth`` of ``smooth_stance``, ``events`` to mark."""

    period: str
    points: pd.DataFrame
    smooth: pd.DataFrame
    events: pd.DataFrame | None


@dataclass
class Results:
    """What a run leaves: its five tables by name, ``words`` where some were weighed, and the manifest."""

    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    summaries: dict[tuple[str, ...], pd.DataFrame] = field(default_factory=dict)
    manifest: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def over_time(self) -> OverTime | None:
        """Stance per period, and smoothed; None where fewer than two days are known, or nothing is scored. Computed once: charts and report both show it.

        Raises
        ------
        OSError
            If the configuration names a file of events that is not there.
        """
        published = self.tables["articles"]["published"].dropna()
        if len(published.unique()) < 2 or self.tables["scores"].empty:
            return None
        settings = self.manifest["config"]["summary"]
        period = settings["period"] or ("month" if (published.max() - published.min()).days >= DAYS_BY_MONTH else "week")
        options = {k: settings[k] for k in ("min_articles", "level", "resamples", "seed")}
        rows = join(self.tables["scores"], self.tables["statements"], self.tables["articles"])
        points = summarize(rows, ["target", period], **options)
        if points.empty:
            return None
        events = read_events(settings["events"]) if settings["events"] else None
        return OverTime(period, points, smooth_stance(rows, every=period, **options), events)


def read_results(folder: str | Path) -> Results:
    """Read the folder of a finished run.

    Parameters
    ----------
    folder : str or Path
        Folder that ``stance run`` wrote.

    Returns
    -------
    Results
        As ``run`` returned them.

    Raises
    ------
    ResultsError
        If the folder, its manifest or one of its tables is missing or cannot be read; the message says what to do.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise ResultsError(f"{folder}: {'is a file' if folder.exists() else 'is not there'}; name the folder that stance run wrote (--out)")
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        by = [tuple(columns) for columns in manifest["config"]["summary"]["by"]]
    except FileNotFoundError:
        raise ResultsError(
            f"{folder}: holds no {MANIFEST}, so no finished run; make one with: stance run ARTICLES --out {folder}"
        ) from None
    except (ValueError, KeyError, TypeError):
        raise ResultsError(
            f"{folder / MANIFEST}: is not the manifest of a run; make it anew with: stance run ARTICLES --out {folder} --overwrite"
        ) from None
    tables = {name: read_table(folder, name) for name in NAMES}
    # A folder of before there was this table has none; the words can be weighed later.
    tables["words"] = read_table(folder, "words") if (folder / "words.parquet").exists() else empty("words")
    return Results(tables, _by_group(tables["summary"], by), manifest)


def read_table(folder: Path, name: str) -> pd.DataFrame:
    """Return a table of a finished run, checked; the error says what to do where it is missing or damaged."""
    path = folder / f"{name}.parquet"
    again = f"make it anew with: stance run ARTICLES --out {folder} --overwrite"
    try:
        table = pd.read_parquet(path)
    except FileNotFoundError:
        raise ResultsError(f"{folder}: {path.name} is missing; {again}") from None
    except (OSError, ValueError) as error:
        raise ResultsError(f"{path}: cannot be read ({error}); {again}") from error
    try:
        # A run that estimates nothing leaves a summary without columns.
        return check(table, name) if name != "summary" or len(table) else table
    except ValueError as error:
        raise ResultsError(f"{path}: {error}; {again}") from error


def _by_group(summary: pd.DataFrame, groups: Sequence[tuple[str, ...]]) -> dict[tuple[str, ...], pd.DataFrame]:
    """Return each grouping's own table, without the columns of the others."""
    columns = [c for c in TABLES["summary"].columns if c in summary.columns]
    return {
        by: summary.loc[summary["by"] == ", ".join(by), [*by, *columns]].reset_index(drop=True)
        for by in groups
        if len(summary) and set(by) <= set(summary.columns)
    }
