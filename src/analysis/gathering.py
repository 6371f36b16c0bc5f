"""Answers become tables: appended to the results folder's files block by block, or put together in memory."""

from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from analysis.answers import Answers
from analysis.groups import join
from analysis.writing import TableFile

WRITTEN = ("articles", "statements", "mentions", "scores")
SAME = ["model", "revision"]  # in all rows of a run


@dataclass
class Gathered:
    """What a run keeps in memory: the rows that estimates are made over, counts by stage, and the tables where there is no folder."""

    rows: pd.DataFrame
    counts: dict[str, Counter[str]]
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    written: list[TableFile] = field(default_factory=list)

    def publish(self) -> int:
        """Move what was written to its place; return how many files."""
        return sum(file.publish() for file in self.written)


def gather(answers: Answers, folder: Path | None, files: ExitStack) -> Gathered:
    """Read all answers back, a block at a time.

    Parameters
    ----------
    answers : Answers
        Filled.
    folder : Path or None
        Where tables are written, hidden until ``publish``; without it they are kept in memory.
    files : ExitStack
        Closes the files, and removes them if they were not published.

    Returns
    -------
    Gathered
    """
    written = {name: files.enter_context(TableFile(folder, name)) for name in WRITTEN} if folder else {}
    kept: dict[str, list[pd.DataFrame]] = {name: [] for name in WRITTEN}
    rows = []
    counts: dict[str, Counter[str]] = {"extract statements": Counter(), "find targets": Counter(), "score stance": Counter()}
    for articles, block in answers.blocks():
        joined = join(block.scores, block.statements, articles)
        rows.append(joined.astype(dict.fromkeys(SAME, "category")))
        for name in WRITTEN:
            table = articles if name == "articles" else getattr(block, name)
            if folder:
                written[name].append(table)
            else:
                kept[name].append(table)
        n, mentions = len(block.statements), len(block.mentions)
        attributed = int((block.statements["kind"] != "narration").sum())
        counts["extract statements"].update(articles=len(articles), statements=n, attributed=attributed)
        counts["find targets"].update({"statements": n, "with a target": block.mentions["statement_id"].nunique(), "mentions": mentions})
        unsure = int((block.scores["label"] == "unsure").sum())
        counts["score stance"].update(mentions=mentions, scores=len(block.scores), unsure=unsure)
    tables = {} if folder else {name: pd.concat(parts, ignore_index=True) for name, parts in kept.items()}
    return Gathered(pd.concat(rows, ignore_index=True), counts, tables, list(written.values()))
