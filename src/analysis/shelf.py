"""Articles on disk while a run works on them: read once, taken up again piece by piece."""

import bisect
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analysis.articles import article_rows, articles_table
from analysis.classifiers import Progress
from analysis.config import Config
from analysis.inputs import Journal
from analysis.reprints import Sketches

PIECE = 2_000_000  # characters of text in memory at a time


class Shelf:
    """The table ``articles`` in pieces, in a file without a name that goes when it is closed or the process ends. Iterate over it as often as needed.

    Parameters
    ----------
    paths : str, Path or sequence of them
        As ``read_articles`` takes them.
    config : Config
        ``reading`` counts.
    folder : Path, optional
        Where the file is; the system's place for temporary files without it.
    progress : callable, optional
        Called with the number of articles read.

    Attributes
    ----------
    attrs : dict
        As of the table ``read_articles`` returns.
    reprints : int
        Articles that repeat an earlier one.

    Raises
    ------
    InputError, ConfigError
        As ``read_articles`` does.
    """

    def __init__(
        self, paths: str | Path | Sequence[str | Path], config: Config, folder: Path | None = None, progress: Progress | None = None
    ) -> None:
        journal, sketches = Journal(), Sketches(config.reading.near_duplicate)
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed with the shelf
        self._writer: Any = None
        self._ends: list[int] = []
        ids: list[str] = []
        waiting: list[dict[str, Any]] = []
        size = 0
        try:
            for row in article_rows(paths, config, journal):
                if waiting and size + len(row["text"]) > PIECE:
                    self._put(waiting)
                    waiting, size = [], 0
                waiting.append(row)
                size += len(row["text"])
                ids.append(row["article_id"])
                sketches.add(row["text"], row["published"], row["speaker"])
                if progress:
                    progress(1)
            self._put(waiting)
            self._read = self._written()
            texts = lru_cache(maxsize=8)(lambda piece: self._read.read_row_group(piece, columns=["text"])["text"].to_pylist())
            originals = sketches.reprints(lambda i: texts(self._piece_of(i))[i - self._start(self._piece_of(i))])
        except BaseException:
            writer: Any = self._writer
            with suppress(Exception):
                writer.close()
            self._file.close()
            raise
        self._duplicate_of = [None if original is None else ids[original] for original in originals]
        self.reprints = sum(original is not None for original in originals)
        self.attrs = {"inputs": journal.inputs, "skipped": journal.skipped, "warnings": journal.warnings}

    def __len__(self) -> int:
        return self._ends[-1]

    def __iter__(self) -> Iterator[pd.DataFrame]:
        for piece, end in enumerate(self._ends):
            frame = self._read.read_row_group(piece).to_pandas()
            frame["duplicate_of"] = pd.array(self._duplicate_of[self._start(piece) : end], dtype="string")
            yield frame

    def __enter__(self) -> "Shelf":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._read.close()
        self._file.close()

    def _put(self, rows: list[dict[str, Any]]) -> None:
        table = pa.Table.from_pandas(articles_table(rows, [None] * len(rows)), preserve_index=False)
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._file, table.schema)
        self._writer.write_table(table.cast(self._writer.schema), row_group_size=len(rows))
        self._ends.append(len(rows) + (self._ends[-1] if self._ends else 0))

    def _written(self) -> Any:
        self._writer.close()
        return pq.ParquetFile(self._file)

    def _piece_of(self, i: int) -> int:
        return bisect.bisect_right(self._ends, i)

    def _start(self, piece: int) -> int:
        return self._ends[piece - 1] if piece else 0
