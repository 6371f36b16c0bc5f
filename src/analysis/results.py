"""What a run leaves, in memory and read back from its folder."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
from pyarrow.dataset import dataset

from analysis.groups import join
from analysis.storage import MANIFEST, TABLE_NAMES, ResultsError
from analysis.summary import summarize
from analysis.tables import TABLES, check, empty
from analysis.trends import read_events, smooth_stance

Filters = list[tuple[str, str, list[str]]]
DAYS_BY_MONTH = 60  # from this span on, stance is shown by month, below it by week


@dataclass(frozen=True)
class OverTime:
    """Stance over time: the period (``month``), ``points`` of ``summarize``, ``smooth`` of ``smooth_stance``, ``events`` to mark."""

    period: str
    points: pd.DataFrame
    smooth: pd.DataFrame
    events: pd.DataFrame | None


class FolderTables(Mapping[str, pd.DataFrame]):
    """The tables of a finished run, each read from its file when it is first asked for.

    Parameters
    ----------
    folder : Path
        The results folder.

    Raises
    ------
    ResultsError
        When a table is asked for whose file is missing, damaged, or was replaced in the meantime.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._files = {name: self._file(name) for name in TABLE_NAMES}
        self._read: dict[str, pd.DataFrame] = {}

    def __getitem__(self, name: str) -> pd.DataFrame:
        if name not in TABLE_NAMES:
            raise KeyError(name)
        if name not in self._read:
            self._read[name] = self.part(name)
        return self._read[name]

    def part(self, name: str, of: Filters | None = None, first: int | None = None, columns: Sequence[str] | None = None) -> pd.DataFrame:
        """Return some rows or columns of a table, as ``read_table`` does; it is not kept."""
        if self._file(name) != self._files[name]:
            raise ResultsError(f"{self.folder / name}.parquet: was replaced by a later run; read the folder again with read_results")
        # A folder of before there was this table has none; the words can be weighed later.
        return empty(name) if name == "words" and self._files[name] is None else read_table(self.folder, name, of, first, columns)

    def _file(self, name: str) -> tuple[int, int] | None:
        try:
            found = (self.folder / f"{name}.parquet").stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns

    def __iter__(self) -> Iterator[str]:
        return iter(TABLE_NAMES)

    def __len__(self) -> int:
        return len(TABLE_NAMES)


@dataclass
class Results:
    """What a run leaves: its five tables by name, ``words`` where some were weighed, and the manifest."""

    tables: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    summaries: dict[tuple[str, ...], pd.DataFrame] = field(default_factory=dict)
    manifest: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def rows(self) -> pd.DataFrame:
        """What the estimates are made over: ``join`` of scores, statements and articles."""
        return join(self.tables["scores"], self.tables["statements"], self.tables["articles"])

    def first_scores(self, n: int) -> pd.DataFrame:
        """Return the first ``n`` scores, each with the words that name its target, and text and speaker of its statement."""
        tables = self.tables
        if isinstance(tables, FolderTables):
            scores = tables.part("scores", first=n)
            of = [("statement_id", "in", scores["statement_id"].unique().tolist())]
            tables = {"scores": scores, **{name: tables.part(name, of) for name in ("mentions", "statements")}}
        rows = tables["scores"].head(n).merge(tables["mentions"][["statement_id", "target", "surface"]], on=["statement_id", "target"])
        return rows.merge(tables["statements"][["statement_id", "speaker", "text"]], on="statement_id", how="left")

    @cached_property
    def over_time(self) -> OverTime | None:
        """Stance per period, and smoothed; None where fewer than two days are known, or nothing is scored. Computed once: charts and report both show it.

        Raises
        ------
        OSError
            If the configuration names a file of events that is not there.
        """
        articles = self.tables.part("articles", columns=["published"]) if isinstance(self.tables, FolderTables) else self.tables["articles"]
        published = articles["published"].dropna()
        if len(published.unique()) < 2 or self.rows.empty:
            return None
        settings = self.manifest["config"]["summary"]
        period = settings["period"] or ("month" if (published.max() - published.min()).days >= DAYS_BY_MONTH else "week")
        options = {k: settings[k] for k in ("min_articles", "level", "resamples", "seed")}
        points = summarize(self.rows, ["target", period], **options)
        if points.empty:
            return None
        events = read_events(settings["events"]) if settings["events"] else None
        return OverTime(period, points, smooth_stance(self.rows, every=period, **options), events)


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
    opened = open_results(folder)
    return Results({name: opened.tables[name] for name in TABLE_NAMES}, opened.summaries, opened.manifest)


def open_results(folder: str | Path) -> Results:
    """Return what ``read_results`` does, with tables that are read when they are first asked for, and damaged ones found only then."""
    folder = Path(folder)
    if not folder.is_dir():
        raise ResultsError(f"{folder}: {'is a file' if folder.exists() else 'is not there'}; name the folder that stance run wrote (--out)")
    tables = FolderTables(folder)  # before the manifest: tables of a later run are not taken for its own
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
    return Results(tables, _by_group(tables["summary"], by), manifest)


def read_table(
    folder: Path, name: str, of: Filters | None = None, first: int | None = None, columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """Return a table of a finished run, checked; the error says what to do where it is missing or damaged.

    Parameters
    ----------
    folder : Path
        The results folder.
    name : str
        Name of the table.
    of : list of tuple, optional
        Filters as ``pandas.read_parquet`` takes them; all rows without it.
    first : int, optional
        Only the first rows are read.
    columns : sequence of str, optional
        Only these are read, and not checked.
    """
    path = folder / f"{name}.parquet"
    again = f"make it anew with: stance run ARTICLES --out {folder} --overwrite"
    try:
        if columns is not None:
            return pd.read_parquet(path, columns=list(columns))
        table = pd.read_parquet(path, filters=of) if first is None else _head(path, first)
    except FileNotFoundError:
        raise ResultsError(f"{folder}: {path.name} is missing, so it is not the folder of a finished stance run; {again}") from None
    except (OSError, ValueError) as error:
        raise ResultsError(f"{path}: cannot be read ({error}); {again}") from error
    for column in [c for c in map(str, table.columns) if c.endswith("_spans")]:
        table[column] = [[span.tolist() for span in spans] for spans in table[column]]
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


def _head(path: Path, rows: int) -> pd.DataFrame:
    return pd.DataFrame(dataset(path).head(rows).to_pandas())
