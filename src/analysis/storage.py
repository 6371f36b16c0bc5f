"""The results folder: what may be written to, tables on disk, files whole or not at all."""

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.config import Config

LABELS = "labels.parquet"
MANIFEST = "manifest.json"
REPORT = "report.html"
UNFINISHED = ".unfinished.json"
LOCK = ".lock"
TABLE_NAMES = ("articles", "statements", "mentions", "scores", "summary", "words")
ENDINGS = (".png", ".svg")
CHARTS = ("stance-by-target", "raw-and-corrected", "stance-by-speaker", "stance-over-time")
_LEFT = re.compile(rf"\.(?:{'|'.join(TABLE_NAMES)}|manifest|report|labels)\.\w+\.\d+")


class ResultsError(ValueError):
    """A results folder that must not be written to; the message names the flag that allows it."""


def plain(config: Config) -> dict[str, Any]:
    """Return the configuration as JSON would give it back."""
    return dict(json.loads(json.dumps(config.as_dict())))


def refuse_to_overwrite(folder: Path, config: Config, overwrite: bool) -> None:
    """Raise ResultsError unless the folder is new, empty, holds results of the same configuration, or may be overwritten."""
    if overwrite or not folder.exists():
        return
    if not folder.is_dir():
        raise ResultsError(f"{folder}: is a file; name a folder with --out")
    manifest = folder / MANIFEST if (folder / MANIFEST).exists() else folder / UNFINISHED
    try:
        before = json.loads(manifest.read_text(encoding="utf-8"))["config"]
    except FileNotFoundError:
        if any(path.name not in (LABELS, LOCK) and not _LEFT.fullmatch(path.name) for path in folder.iterdir()):
            raise ResultsError(
                f"{folder}: holds files but no results of stance run; name another folder with --out, or write there with --overwrite"
            ) from None
        return
    except (ValueError, KeyError):
        raise ResultsError(f"{manifest}: cannot be read; name another folder with --out, or write there with --overwrite") from None
    now = plain(config)
    # What the report shows changes no number.
    changed = ", ".join(sorted(key for key in {*before, *now} - {"report"} if before.get(key) != now.get(key)))
    if changed:
        raise ResultsError(
            f"{folder}: holds results of another configuration (different: {changed}); name another folder with --out, or replace them with --overwrite"
        )


def write_results(tables: dict[str, pd.DataFrame], folder: Path) -> int:
    """Write each table as Parquet and CSV, each file whole or not at all; return how many files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        write_whole(folder / f"{name}.parquet", lambda path, table=table: table.to_parquet(path, index=False))  # type: ignore[misc]
        text = spans_as_json(table)
        write_whole(folder / f"{name}.csv", lambda path, text=text: text.to_csv(path, index=False, date_format="%Y-%m-%d"))  # type: ignore[misc]
    return 2 * len(tables)


def spans_as_json(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows as a CSV file shows them: spans as JSON."""
    spans = [name for name in map(str, rows.columns) if name.endswith("_spans")]
    return rows.assign(**{name: [json.dumps([[int(a), int(b)] for a, b in found]) for found in rows[name]] for name in spans})


def write_whole(path: Path, write: Callable[[Path], Any]) -> None:
    """Write a file beside its place and move it there, so that a reader finds the old file or the new one, never half of one."""
    temporary = temporary_name(path)
    if path.is_dir():  # of a larger run
        remove(path)
    try:
        write(temporary)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def remove(path: Path) -> None:
    """Remove a file, or a folder with all that is in it, if it is there."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def temporary_name(path: Path) -> Path:
    """Return the hidden place beside a file where this process writes it before it is whole."""
    return path.with_name(f".{path.name}.{os.getpid()}")
