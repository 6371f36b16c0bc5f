"""What every estimate is made of: the rows that count, the hand labels on them, and one corrected quantity of one group."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analysis.corrected import Estimate, corrected_mean
from analysis.designs import certain, worth
from analysis.groups import with_groups
from analysis.intervals import Floats
from analysis.labels import resolve
from analysis.tables import CLASSES

TOO_FEW = "too few articles"
RAW = "classifier output, uncorrected"
CORRECTED = "corrected with hand labels"
MIN_LABELS = 30
# Labels of a simple random sample that those of a group have to be worth at least, where some are certain; fewer leave too few drawn for the rest.
LEAST_WORTH = 15
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
    """Correct one quantity of one group; None where ``enough_labels`` says no."""
    if not enough_labels(part):
        return None
    proxy = part["stance" if quantity == "stance" else f"p_{quantity}"].to_numpy(dtype=np.float64)
    return corrected_mean(
        part[f"y_{quantity}"].to_numpy(dtype=np.float64),
        proxy,
        part["article_id"].to_numpy(dtype=object),
        probability=_chance(part),
        weights=part["weight"].to_numpy(dtype=np.float64),
        bounds=(-1.0 if quantity == "stance" else 0.0, 1.0),
        level=level,
    )


def enough_labels(part: pd.DataFrame) -> bool:
    """Return whether a group has 30 labels, worth 15 of a simple random sample or more, or is labelled altogether; and that in two articles or more."""
    labelled = part["y_stance"].notna().to_numpy(dtype=bool)
    known = certain(labelled, _chance(part))
    weights = part["weight"].to_numpy(dtype=np.float64)
    drawn = part.loc[labelled & (known.all() | ~known), "article_id"]
    enough = labelled.sum() >= MIN_LABELS and worth(labelled, known, weights / weights.sum()) >= LEAST_WORTH
    return bool((enough or labelled.all()) and drawn.nunique() >= 2)


def too_few_labels(part: pd.DataFrame) -> str:
    """Return in words how many labels a group has that ``enough_labels`` finds too few."""
    number, drawn = int(part["y_stance"].notna().sum()), int(sampled_rows(part)["y_stance"].notna().sum())
    return f"{number} labels, fewer than {MIN_LABELS}" if number < MIN_LABELS else f"{number} labels, only {drawn} of them drawn by chance"


def sampled_rows(part: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a group of which a sample was drawn: all but those whose label is certain."""
    return part[~certain(part["y_stance"].notna().to_numpy(dtype=bool), _chance(part))]


def _chance(part: pd.DataFrame) -> Floats:
    """Return the probabilities; labels without one are taken as a simple random sample of what is not certain."""
    chance = part["probability"].to_numpy(dtype=np.float64)
    labelled = part["y_stance"].notna().to_numpy(dtype=bool)
    if np.isnan(chance[labelled]).any():
        rest = ~(labelled & (chance == 1))
        chance = np.where(rest, (labelled & rest).sum() / rest.sum(), chance)
    return chance
