"""Which statements to label: random samples with known chances, and how many it takes."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

import numpy as np
import pandas as pd
from scipy import special

from analysis.estimates import MIN_LABELS, counted, estimate_quantity, labelled_parts, sampled_rows
from analysis.groups import join, with_groups
from analysis.labels import KEY, current


def draw_sample(
    scores: pd.DataFrame,
    statements: pd.DataFrame,
    mentions: pd.DataFrame,
    articles: pd.DataFrame | None = None,
    *,
    n: int = 200,
    by: Sequence[str] = (),
    seed: int = 1,
    labels: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Draw statements for labelling by chance, and keep each one's chance.

    Every statement has a random number that depends on its id and the seed alone, and those with the smallest are drawn. So a larger sample drawn later
    holds the smaller one, and nothing needs to be labelled twice.

    Parameters
    ----------
    scores, statements, mentions, articles : pandas.DataFrame
        Tables of a run. With articles, reprints cannot be drawn.
    n : int
        Size of the sample, those labelled earlier included.
    by : sequence of str
        Columns whose groups get equally many labels (as far as they have statements), such as target or speaker; without it every statement has the same chance.
    seed : int
        Keep it to enlarge a sample; change it to draw another.
    labels : pandas.DataFrame, optional
        Labels given so far; drawn statements that have one are marked in the column ``labelled``.

    Returns
    -------
    pandas.DataFrame
        In random order: statement_id, target, speaker, text, context, start, end (of the target in the text, or in the context where
        ``via`` is context), via, probability, labelled, sample (its id). The
        classifier's answer is not in it.

    Raises
    ------
    ValueError
        If ``n`` is below 1 or there are no statements, or a column of ``by`` is missing.
    """
    rows = with_groups(join(scores, statements, articles), by)
    if n < 1:
        raise ValueError(f"n is {n}; draw at least 1 statement")
    if rows.empty:
        raise ValueError("there are no scored statements to draw from")
    rows["chance"] = [_number(seed, *pair) for pair in zip(rows["statement_id"], rows["target"], strict=True)]
    stratum = rows.groupby(list(by), sort=True, observed=True).ngroup() if by else pd.Series(0, index=rows.index)
    sizes = np.bincount(stratum)
    wanted = _allocate(min(n, len(rows)), sizes)
    rank = rows["chance"].groupby(stratum).rank(method="first")
    place = stratum.to_numpy()
    drawn = rows[rank.to_numpy() <= wanted[place]].assign(probability=(wanted / sizes)[place][rank.to_numpy() <= wanted[place]])
    drawn = drawn[[*KEY, "speaker", "probability"]].merge(
        statements[["statement_id", "text", "context"]], on="statement_id", validate="many_to_one"
    )
    drawn = drawn.merge(mentions[[*KEY, "start", "end", "via"]], on=KEY, how="inner", validate="one_to_one")
    done = set() if labels is None else set(current(labels)[KEY].itertuples(index=False, name=None))
    drawn["labelled"] = [pair in done for pair in drawn[KEY].itertuples(index=False, name=None)]
    drawn["sample"] = blake2b(repr((seed, n, tuple(by), sorted(drawn["statement_id"]))).encode(), digest_size=4).hexdigest()
    # Another order than that of the draw, so that a sheet of new statements does not begin with the likeliest ones.
    order = np.argsort([_number(seed + 1, *pair) for pair in zip(drawn["statement_id"], drawn["target"], strict=True)])
    columns = [*KEY, "speaker", "text", "context", "start", "end", "via", "probability", "labelled", "sample"]
    return drawn.iloc[order][columns].reset_index(drop=True)


def plan_labels(
    scores: pd.DataFrame,
    labels: pd.DataFrame,
    half_width: float = 0.1,
    by: Sequence[str] = ("target",),
    *,
    quantity: str = "stance",
    level: float = 0.95,
) -> pd.DataFrame:
    """Say how many labels each group needs for an interval of plus or minus ``half_width``, judging by those it has.

    Parameters
    ----------
    scores : pandas.DataFrame
        The result of ``join``.
    labels : pandas.DataFrame
        Labels of a pilot, at least 30 per group.
    half_width : float
        Wanted half width, in the unit of the quantity.
    by : sequence of str
        Columns that make the groups.
    quantity : str
        stance (-1 to 1), against, neutral or favor (shares, 0 to 1).
    level : float
        Coverage.

    Returns
    -------
    pandas.DataFrame
        ``by``; ``n_labels`` so far; ``half_width`` so far; ``n_needed`` in all and ``n_more`` (null where even labelling everything would not do, since the
        articles differ too much: more articles are needed); ``smallest`` half width this corpus allows; ``n_statements``; ``answer`` in words.

    Raises
    ------
    ValueError
        If ``half_width`` is not above 0.

    Notes
    -----
    The variance is a part that comes from the articles and one that falls as labels are added, ``spread * (1 / n - 1 / N)``; the pilot gives both.
    """
    if not half_width > 0:
        raise ValueError(f"half_width is {half_width}; it must be above 0")
    z = float(special.ndtri((1 + level) / 2))
    rows = counted(scores, by, None)
    found = []
    for group, part in labelled_parts(rows, list(by), labels):
        row: dict[str, Any] = {
            **dict(zip(by, group, strict=True)),
            "n_labels": int(part["y_stance"].notna().sum()),
            "n_statements": len(part),
        }
        estimate = estimate_quantity(part, quantity, level)
        if estimate is None:
            number, beside = row["n_labels"], int(sampled_rows(part)["y_stance"].notna().sum())
            first = f"label at least {min(MIN_LABELS, len(part))} first; this has {number}"
            found.append(
                row
                | {"answer": first if number < MIN_LABELS else f"draw more first; of {number} labels only {beside} were drawn by chance"}
            )
            continue
        rest = sampled_rows(part)
        if rest.empty:
            row |= {"half_width": (estimate.high - estimate.low) / 2, "smallest": (estimate.high - estimate.low) / 2}
            enough = {"n_needed": row["n_labels"], "n_more": 0, "answer": "enough labels already"}
            more_articles = {"answer": "not with these articles: all is labelled; collect more articles"}
            found.append(row | (enough if row["half_width"] <= half_width else more_articles))
            continue
        y, proxy = rest[f"y_{quantity}"], rest["stance" if quantity == "stance" else f"p_{quantity}"]
        drawn, held = int(y.notna().sum()), len(rest) / len(part)
        spread = float((y - estimate.tuning * proxy).dropna().var(ddof=1)) * held**2
        of_articles = max(estimate.variance - spread * (1 / drawn - 1 / len(rest)), 0.0)
        row |= {"half_width": (estimate.high - estimate.low) / 2, "smallest": z * of_articles**0.5}
        room = (half_width / z) ** 2 - of_articles
        if room <= 0 and row["half_width"] > half_width:
            found.append(row | {"answer": f"not with these articles: at best ± {row['smallest']:.2f}; collect more articles"})
            continue
        needed = max(
            row["n_labels"] if row["half_width"] <= half_width else 0,
            # What is certain stays, so only the labels drawn from the rest become more.
            row["n_labels"] - drawn + min(len(rest), int(np.ceil(1 / (max(room, 0) / max(spread, 1e-12) + 1 / len(rest))))),
        )
        more = max(needed - row["n_labels"], 0)
        found.append(
            row | {"n_needed": needed, "n_more": more, "answer": f"{needed} labels, {more} more" if more else "enough labels already"}
        )
    columns = [*by, "n_labels", "half_width", "n_needed", "n_more", "smallest", "n_statements", "answer"]
    return pd.DataFrame(found).reindex(columns=columns).astype({"n_needed": "Int64", "n_more": "Int64"})


def _number(seed: int, statement: str, target: str) -> float:
    return int.from_bytes(blake2b(f"{seed}|{statement}|{target}".encode(), digest_size=8).digest(), "big") / 2**64


def _allocate(n: int, sizes: np.ndarray[tuple[int], np.dtype[np.int64]]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Share ``n`` equally among groups, none above its size; what small groups leave goes to the others."""
    given = np.zeros(len(sizes), dtype=np.int64)
    while (left := n - given.sum()) > 0:
        open_groups = np.flatnonzero(given < sizes)
        share = np.zeros(len(sizes), dtype=np.int64)
        share[open_groups] = left // len(open_groups)
        share[open_groups[: left % len(open_groups)]] += 1
        given = np.minimum(given + share, sizes)
    return given
