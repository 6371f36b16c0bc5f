"""Hand labels: append-only with who and when, and the numbers they come to."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pandas as pd

from analysis.storage import write_whole
from analysis.tables import CLASSES, TABLES, check, empty, typed

VALUES = {"against": -1.0, "neutral": 0.0, "favor": 1.0}
KEY = ["statement_id", "target"]
WAIT = 10.0


def read_labels(path: str | Path) -> pd.DataFrame:
    """Read all labels ever given, one row each, oldest first.

    Parameters
    ----------
    path : str or Path
        ``labels.parquet``, as ``append_labels`` writes it.

    Returns
    -------
    pandas.DataFrame
        The labels table of the column dictionary; without rows where there is no such file yet.
    """
    path = Path(path)
    return check(typed(pd.read_parquet(path), "labels"), "labels") if path.exists() else empty("labels")


def append_labels(path: str | Path, new: pd.DataFrame) -> pd.DataFrame:
    """Add labels to the file. What is in it stays in it, whoever writes at the same time and whatever fails halfway.

    Parameters
    ----------
    path : str or Path
        ``labels.parquet``; made where it does not exist.
    new : pandas.DataFrame
        statement_id, target, label (null withdraws the coder's earlier one) and coder; optional probability, sample, hard, note; ``labelled_at`` is now
        unless given.

    Returns
    -------
    pandas.DataFrame
        All labels, the new ones last.

    Raises
    ------
    ValueError
        If a label is unknown, a column is missing, or another process holds the file for more than ten seconds.
    """
    path = Path(path)
    new = new.copy()
    if "labelled_at" not in new.columns:
        new["labelled_at"] = pd.Timestamp.now("UTC").tz_localize(None)
    for name, column in TABLES["labels"].columns.items():
        if column.missing and name not in new.columns:
            new[name] = None
    new = check(typed(new, "labels"), "labels")
    _known(new)
    path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(path):
        together = pd.concat([read_labels(path), new[list(TABLES["labels"].columns)]], ignore_index=True)
        write_whole(path, lambda temporary: together.to_parquet(temporary, index=False))
    return together


def current(labels: pd.DataFrame) -> pd.DataFrame:
    """Return each coder's last word on each statement and target; what was withdrawn is left out."""
    for name in [*KEY, "label"]:
        if name not in labels.columns:
            raise ValueError(f"labels lack the column {name!r}; they have {', '.join(map(str, labels.columns))}")
    _known(labels)
    keys = [*KEY, *(["coder"] if "coder" in labels.columns else [])]
    order = labels.sort_values("labelled_at", kind="stable") if "labelled_at" in labels.columns else labels
    return order.drop_duplicates(keys, keep="last").dropna(subset=["label"])


def resolve(labels: pd.DataFrame) -> pd.DataFrame:
    """Return one row per labelled statement and target: the coders' labels as numbers, averaged.

    Returns
    -------
    pandas.DataFrame
        statement_id, target, y_stance (against -1, neutral 0, favor 1), y_against, y_neutral, y_favor (0 or 1; between them where coders differ), and
        ``probability`` of having been drawn, the largest where several samples drew it, NaN where unknown.
    """
    last = current(labels)
    numbers = last[KEY].copy()
    numbers["y_stance"] = last["label"].map(VALUES).astype(float)
    for name in CLASSES:
        numbers[f"y_{name}"] = (last["label"] == name).astype(float)
    numbers["probability"] = last["probability"].astype(float) if "probability" in last.columns else np.nan
    ways = {name: "mean" for name in numbers.columns if name.startswith("y_")}
    return numbers.groupby(KEY, as_index=False, sort=True).agg({**ways, "probability": "max"})


def with_new_chance(labels: pd.DataFrame, sample: pd.DataFrame) -> pd.DataFrame:
    """Return the labels given for an earlier, smaller sample that ``sample`` drew again, with the larger chance they have in it; rows for ``append_labels``."""
    last = current(labels)
    again = last.drop(columns=["probability", "sample"]).merge(sample[[*KEY, "probability", "sample"]], on=KEY)
    before = again[[*KEY, "coder"]].merge(last[[*KEY, "coder", "probability"]], on=[*KEY, "coder"])["probability"]
    return again[(again["probability"] > before + 1e-12).fillna(False)]


def _known(labels: pd.DataFrame) -> None:
    given = labels["label"].dropna()
    unknown = given[~given.isin(CLASSES)]
    if len(unknown):
        raise ValueError(f"unknown label {unknown.iloc[0]!r} in row {unknown.index[0]!r} of labels; labels are {', '.join(CLASSES)}")


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a lock file, so that two coders' programs write one after the other."""
    lock = path.with_name(path.name + ".lock")
    until = time.monotonic() + WAIT
    while True:
        try:
            os.close(os.open(lock, os.O_CREAT | os.O_EXCL))
            break
        except FileExistsError:
            if time.monotonic() > until:
                raise ValueError(f"{path} is being written by another program; if none is running, delete {lock}") from None
            time.sleep(0.05)
    try:
        yield
    finally:
        lock.unlink()
