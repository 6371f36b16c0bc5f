"""How far coders agree with each other, and the classifier with them."""

from typing import Any

import numpy as np
import pandas as pd

from analysis.labels import KEY, current
from analysis.tables import CLASSES, UNSURE


def krippendorff_alpha(labels: pd.DataFrame) -> float:
    """Return Krippendorff's alpha for nominal labels.

    Parameters
    ----------
    labels : pandas.DataFrame
        statement_id, target, coder, label; statements with one coder do not count.

    Returns
    -------
    float
        1 for full agreement, 0 for agreement by chance; NaN if no statement has two coders or only one label was ever used.

    References
    ----------
    Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, University of Pennsylvania.
    """
    last = current(labels)
    return _alpha(pd.crosstab([last["statement_id"], last["target"]], last["label"]).to_numpy(dtype=float))


def _alpha(counts: np.ndarray[Any, Any]) -> float:
    """Return alpha from how many coders gave each unit (row) each label (column)."""
    counts = counts[counts.sum(axis=1) >= 2]
    if not len(counts):
        return float("nan")
    coders = counts.sum(axis=1, keepdims=True)
    observed = float(np.sum(counts * (coders - counts) / (coders - 1)))
    totals = counts.sum(axis=0)
    expected = float(np.sum(totals * (totals.sum() - totals))) / (totals.sum() - 1)
    return 1 - observed / expected if expected > 0 else float("nan")


def confusion(labels: pd.DataFrame, scores: pd.DataFrame) -> pd.DataFrame:
    """Count the classifier's labels (columns) against the hand labels (rows), every coder's label once.

    Parameters
    ----------
    labels, scores : pandas.DataFrame
        As in the column dictionary; labels of statements that are not in ``scores`` do not count.

    Returns
    -------
    pandas.DataFrame
        Rows against, neutral, favor; columns against, neutral, favor, unsure.
    """
    both = current(labels)[[*KEY, "label"]].merge(scores[[*KEY, "label"]], on=KEY, suffixes=("_hand", "_model"))
    table = pd.crosstab(both["label_hand"], both["label_model"])
    return table.reindex(index=list(CLASSES), columns=[*CLASSES, UNSURE], fill_value=0).rename_axis(
        index="hand label", columns="classifier"
    )


def disagreements(labels: pd.DataFrame) -> pd.DataFrame:
    """Return the statements on which coders differ, one row each, one column per coder."""
    last = current(labels)
    wide = last.pivot_table(index=KEY, columns="coder", values="label", aggfunc="last", observed=True)
    differ = wide.ne(wide.bfill(axis=1).iloc[:, 0], axis=0) & wide.notna()
    return wide[differ.any(axis=1)].reset_index()
