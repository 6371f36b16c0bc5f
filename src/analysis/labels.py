"""Hand labels: append-only with who and when, and what they come to."""

import numpy as np
import pandas as pd

from analysis.tables import CLASSES

VALUES = {"against": -1.0, "neutral": 0.0, "favor": 1.0}
KEY = ["statement_id", "target"]


def current(labels: pd.DataFrame) -> pd.DataFrame:
    """Return each coder's last word on each statement and target; what was withdrawn (label null) is left out."""
    for name in [*KEY, "label"]:
        if name not in labels.columns:
            raise ValueError(f"labels lack the column {name!r}; they have {', '.join(map(str, labels.columns))}")
    unknown = labels["label"].dropna()[~labels["label"].dropna().isin(CLASSES)]
    if len(unknown):
        raise ValueError(f"unknown label {unknown.iloc[0]!r} in row {unknown.index[0]!r} of labels; labels are {', '.join(CLASSES)}")
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
