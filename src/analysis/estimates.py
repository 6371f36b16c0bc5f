"""What every estimate is made of: the rows that count, the hand labels on them, and one corrected quantity of one group."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.corrected import Estimate, corrected_mean
from analysis.groups import with_groups
from analysis.labels import resolve
from analysis.tables import CLASSES

TOO_FEW = "too few articles"
RAW = "classifier output, uncorrected"
CORRECTED = "corrected with hand labels"
MIN_LABELS = 30
QUANTITIES = ("stance", *CLASSES)


def counted(rows: pd.DataFrame, by: Sequence[str], weights: str | None) -> pd.DataFrame:
    """Return the rows that fall in a group, with the grouping columns and ``weight``."""
    if not by:
        raise ValueError("by is empty; name at least one column, for example ['target']")
    rows = with_groups(rows, by)
    if weights is not None and weights not in rows.columns:
        raise ValueError(f"no column {weights!r} to weigh by; the columns are {', '.join(map(str, rows.columns))}")
    rows["weight"] = 1.0 if weights is None else rows[weights].astype(float)
    if not (rows["weight"] > 0).all():
        raise ValueError(f"{weights} is {rows.loc[~(rows['weight'] > 0), 'weight'].iloc[0]}; weights must be above 0")
    return rows


def labelled_parts(rows: pd.DataFrame, by: list[str], labels: pd.DataFrame) -> list[tuple[tuple[object, ...], pd.DataFrame]]:
    """Return each group's rows with the hand labels as numbers in y_stance, y_against, y_neutral, y_favor (NaN: not labelled) and their ``probability``."""
    numbers = resolve(labels)
    rows = rows.drop(columns=[c for c in numbers.columns if c in rows.columns and c not in ("statement_id", "target")])
    rows = rows.merge(numbers, on=["statement_id", "target"], how="left", validate="many_to_one")
    return [(group if isinstance(group, tuple) else (group,), part) for group, part in rows.groupby(by, sort=True, observed=True)]


def estimate_quantity(part: pd.DataFrame, quantity: str, level: float) -> Estimate | None:
    """Correct one quantity of one group; None with fewer than 30 labels, or labels in fewer than two articles."""
    y = part[f"y_{quantity}"].to_numpy(dtype=np.float64)
    labelled = ~np.isnan(y)
    if labelled.sum() < MIN_LABELS or part.loc[labelled, "article_id"].nunique() < 2:
        return None
    chance = part["probability"].to_numpy(dtype=np.float64)
    proxy = part["stance" if quantity == "stance" else f"p_{quantity}"].to_numpy(dtype=np.float64)
    return corrected_mean(
        y,
        proxy,
        part["article_id"].to_numpy(dtype=object),
        # Labels without a known chance are taken as a simple random sample of the group.
        probability=None if np.isnan(chance[labelled]).any() else chance,
        weights=part["weight"].to_numpy(dtype=np.float64),
        bounds=(-1.0 if quantity == "stance" else 0.0, 1.0),
        level=level,
    )
