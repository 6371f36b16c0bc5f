"""Tables on disk, row group by row group, in place when all are whole; until the manifest is back, the folder holds no finished run."""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from filelock import FileLock

from analysis.storage import LOCK, MANIFEST, TABLE_NAMES, UNFINISHED, remove, spans_as_json, temporary_name
from analysis.tables import TABLES

PART = 250_000  # rows of a Parquet file
TYPES = {
    "text": pa.large_string(),
    "date": pa.timestamp("us"),
    "integer": pa.int64(),
    "number": pa.float64(),
    "spans": pa.list_(pa.list_(pa.int64())),
}


class TableFile:
    """One table of the column dictionary, written as Parquet and as CSV in pieces; in its place only after ``publish``.

    Parameters
    ----------
    folder : Path
        The results folder.
    name : str
        Name of the table; its columns, and no others, are written.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.columns = TABLES[name].columns
        self.places = [folder / f"{name}.{ending}" for ending in ("parquet", "csv")]
        self.parts, self.csv = (temporary_name(place) for place in self.places)
        self._rows = self._number = 0
        self._writer: Any = None
        self._schema: Any = None
        self._text: Any = None

    def append(self, rows: pd.DataFrame) -> None:
        """Add rows; the Parquet file has a row group for each call, and goes on in another file after ``PART`` rows."""
        rows = rows[list(self.columns)]
        if self._schema is None:
            types = pa.Schema.from_pandas(rows[:0], preserve_index=False)
            fields = [types.field(name).with_type(TYPES[column.kind]) for name, column in self.columns.items()]
            self._schema = pa.schema(fields, metadata=types.metadata)
            self.parts.mkdir()
            self._text = self.csv.open("w", encoding="utf-8", newline="")
        if self._writer is None or self._rows >= PART:
            if self._writer is not None:
                self._writer.close()
            self._writer = pq.ParquetWriter(self.parts / f"part-{self._number:05}.parquet", self._schema)
            self._number, self._rows = self._number + 1, 0
        self._writer.write_table(pa.Table.from_pandas(rows, self._schema, preserve_index=False))
        self._rows += len(rows)
        spans_as_json(rows).to_csv(self._text, index=False, header=self._text.tell() == 0, date_format="%Y-%m-%d")

    def close(self) -> None:
        """End both files."""
        writer, text, self._writer, self._text = self._writer, self._text, None, None
        try:
            if writer is not None:
                writer.close()
        finally:
            if text is not None:
                text.close()

    def publish(self) -> int:
        """Move both files to their places; return how many. Several Parquet files become a folder of that name, which is read like a file."""
        self.close()
        place = self.places[0]
        if place.is_dir():
            shutil.rmtree(place)
        if self._number == 1:
            next(self.parts.iterdir()).replace(place)
        else:
            place.unlink(missing_ok=True)
            self.parts.replace(place)
        self.csv.replace(self.places[1])
        return 1 + self._number

    def __enter__(self) -> "TableFile":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with ExitStack() as last:  # all of it, whatever fails
            last.callback(remove, self.csv)
            last.callback(remove, self.parts)
            last.callback(self.close)


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Make the folder, wait until no other run writes to it, and remove what killed runs left half written.

    The system gives the folder back when a process ends, however it ends. Where a disk knows no locks (some shared ones), nobody waits.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        try:
            stack.enter_context(FileLock(folder / LOCK))
        except (OSError, NotImplementedError):
            pass  # what lies there may be of a run that goes on
        else:
            for name in (*TABLE_NAMES, "manifest", "report"):
                for left in folder.glob(f".{name}.*.[0-9]*"):
                    remove(left)
        yield


def begin(folder: Path, config: Mapping[str, Any]) -> None:
    """Say that the folder's files are being replaced, by results of which configuration: until ``finish`` they belong to no finished run."""
    (folder / UNFINISHED).write_text(json.dumps({"config": config}), encoding="utf-8")
    (folder / MANIFEST).unlink(missing_ok=True)


def finish(folder: Path) -> None:
    """Say that the folder holds a finished run."""
    (folder / UNFINISHED).unlink(missing_ok=True)
