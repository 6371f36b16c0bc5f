"""A content-addressed store of answers: one SQLite file, safe to kill, safe for several processes; a damaged entry is as good as none."""

import hashlib
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

FILE = "answers.sqlite"
SCHEMA, APPLICATION = 1, 0x57A9CE
KEYS_A_QUERY = 500
SECONDS_FOR_OTHERS = 60.0
TABLES = """
CREATE TABLE IF NOT EXISTS owners (owner INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, UNIQUE (kind, name));
CREATE TABLE IF NOT EXISTS answers (key BLOB PRIMARY KEY, owner INTEGER NOT NULL, value BLOB NOT NULL, seal BLOB NOT NULL);
"""


# Kind, owner, key and value.
Answer = tuple[str, str, bytes, bytes]


class StoreError(ValueError):
    """A store that cannot be used; the message says what to do."""


class Store:
    """Answers by key. What is put is seen at once by ``get`` and is on disk after ``commit``, all of it or nothing.

    Parameters
    ----------
    folder : str or Path, optional
        Where the file is, or will be; made if it is not there. Without it the store is a temporary file that nobody else sees.

    Attributes
    ----------
    warnings : list of str
        What was damaged and is computed again.

    Raises
    ------
    StoreError
        If the file cannot be opened, or another version of this package made it.
    """

    def __init__(self, folder: str | Path | None = None) -> None:
        self.path = Path(folder) / FILE if folder is not None else None
        self.warnings: list[str] = []
        self.damaged = 0
        self._put: dict[bytes, tuple[str, str, bytes]] = {}
        self._owners: dict[tuple[str, str], int] = {}
        if self.path:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        self._open()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._database.close()

    def get(self, keys: Iterable[bytes]) -> dict[bytes, bytes]:
        """Return the values of those keys that have one; an entry whose seal does not fit counts as absent."""
        wanted = list(dict.fromkeys(keys))
        found = {key: self._put[key][2] for key in wanted if key in self._put}
        for key, value, seal in self._select("key, value, seal", [key for key in wanted if key not in found]):
            if _seal(key, value) == seal:
                found[key] = value
            else:
                self.damaged += 1
        return found

    def has(self, keys: Iterable[bytes]) -> set[bytes]:
        """Return those keys that have a value, without reading it."""
        wanted = list(dict.fromkeys(keys))
        return {key for key in wanted if key in self._put} | {row[0] for row in self._select("key", wanted)}

    def put(self, kind: str, owner: str, values: Mapping[bytes, bytes]) -> None:
        """Keep values; kind and owner (which model, which settings) are only for ``describe``."""
        self._put.update({key: (kind, owner, value) for key, value in values.items()})

    def uncommitted(self) -> list[Answer]:
        """Return what was put and is not written yet."""
        return [(kind, owner, key, value) for key, (kind, owner, value) in self._put.items()]

    def commit(self) -> None:
        """Write what was put since the last time, in one transaction.

        Raises
        ------
        StoreError
            If the disk is full, or another process keeps the file locked.
        """
        if not self._put:
            return
        with self._guarded():
            self._database.execute("BEGIN IMMEDIATE")
            try:
                rows = [(key, self._owner(kind, owner), value, _seal(key, value)) for key, (kind, owner, value) in self._put.items()]
                self._database.executemany("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)", rows)
                self._database.execute("COMMIT")
            except BaseException:
                self._owners.clear()
                if self._database.in_transaction:
                    self._database.execute("ROLLBACK")
                raise
            self._put.clear()
            return
        self.commit()  # the file was damaged and a new one is open

    def owners(self, kind: str) -> list[str]:
        """Return whose answers of a kind are kept."""
        rows: list[tuple[str]] = []
        with self._guarded():
            rows = self._database.execute("SELECT name FROM owners WHERE kind = ? ORDER BY name", (kind,)).fetchall()
        return [name for (name,) in rows]

    def describe(self) -> list[dict[str, Any]]:
        """Return one row for each kind and owner: how many answers, how many bytes."""
        query = (
            "SELECT kind, name, COUNT(*), SUM(LENGTH(value)) FROM answers JOIN owners USING (owner) GROUP BY kind, name ORDER BY kind, name"
        )
        rows: list[tuple[str, str, int, int]] = []
        with self._guarded():
            rows = self._database.execute(query).fetchall()
        return [dict(zip(("kind", "owner", "answers", "bytes"), row, strict=True)) for row in rows]

    def _select(self, columns: str, keys: list[bytes]) -> Iterator[Any]:
        for at in range(0, len(keys), KEYS_A_QUERY):
            part = keys[at : at + KEYS_A_QUERY]
            rows: list[Any] = []
            with self._guarded():
                rows = self._database.execute(f"SELECT {columns} FROM answers WHERE key IN ({','.join('?' * len(part))})", part).fetchall()
            yield from rows

    def _owner(self, kind: str, name: str) -> int:
        if (kind, name) not in self._owners:
            self._database.execute("INSERT OR IGNORE INTO owners (kind, name) VALUES (?, ?)", (kind, name))
            found = self._database.execute("SELECT owner FROM owners WHERE kind = ? AND name = ?", (kind, name)).fetchone()
            self._owners[kind, name] = int(found[0])
        return self._owners[kind, name]

    def _open(self) -> None:
        with self._guarded():
            self._connect()

    def _connect(self) -> None:
        # An empty name is SQLite's own temporary file: on disk, gone when closed or killed.
        self._database = sqlite3.connect(self.path or "", timeout=SECONDS_FOR_OTHERS, isolation_level=None)
        self._inode = self.path.stat().st_ino if self.path else None
        if self.path:
            self._log_ahead()
        (made,) = self._database.execute("PRAGMA application_id").fetchone()
        (schema,) = self._database.execute("PRAGMA user_version").fetchone()
        if (made, schema) == (0, 0):
            self._database.executescript(
                f"BEGIN IMMEDIATE; {TABLES} PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {SCHEMA}; COMMIT;"
            )
        elif (made, schema) != (APPLICATION, SCHEMA):
            self._database.close()
            raise StoreError(
                f"{self.path}: made by another version (schema {schema}, this one is {SCHEMA}); remove it with stance cache clear, or name another folder with --cache"
            )

    def _log_ahead(self) -> None:
        """Write ahead, so that one process can write while others read; SQLite does not wait for others here, so this does."""
        until = time.monotonic() + SECONDS_FOR_OTHERS
        while True:
            try:
                self._database.execute("PRAGMA journal_mode = WAL")
                self._database.execute("PRAGMA synchronous = NORMAL")
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or time.monotonic() > until:
                    raise
                time.sleep(0.05)

    @contextmanager
    def _guarded(self) -> Iterator[None]:
        """Say what to do where the disk is full or the file locked; set a damaged file aside and open a new one."""
        try:
            yield
        except sqlite3.OperationalError as error:
            raise StoreError(f"{self.path or 'temporary store'}: {_advice(str(error))}") from error
        except sqlite3.DatabaseError as error:
            if not self.path:
                raise StoreError(f"temporary store: {error}") from error
            self._set_aside(str(error))

    def _set_aside(self, reason: str) -> None:
        assert self.path is not None
        self._database.close()
        self._owners.clear()
        if self.path.exists() and self.path.stat().st_ino == self._inode:  # else another process has already done it
            aside = next(p for n in range(1, 1000) if not (p := self.path.with_name(f"{FILE}.damaged-{n}")).exists())
            self.path.replace(aside)
            for end in ("-wal", "-shm"):
                Path(f"{self.path}{end}").unlink(missing_ok=True)
            self.warnings.append(f"damaged ({reason}); set aside as {aside.name}, its answers are computed again")
        self._connect()


def stored_files(folder: str | Path) -> list[Path]:
    """Return the files of a store, with damaged ones set aside; none where there is no store."""
    return sorted(Path(folder).glob(f"{FILE}*"))


def remove(folder: str | Path) -> tuple[list[dict[str, Any]], int]:
    """Delete a store, with damaged ones set aside; return what it held and the bytes freed. Other files in the folder stay."""
    try:
        with Store(folder) as store:
            held = store.describe()
    except StoreError:
        held = []
    freed = 0
    for path in stored_files(folder):
        freed += path.stat().st_size
        path.unlink()
    if not any(Path(folder).iterdir()):
        Path(folder).rmdir()
    return held, freed


def _seal(key: bytes, value: bytes) -> bytes:
    return hashlib.sha256(key + value).digest()[:8]


def _advice(error: str) -> str:
    if "full" in error:
        return "the disk is full; free some space or name another folder with --cache, then run again: what was finished is kept"
    if "locked" in error:
        return f"another program has kept it locked for {SECONDS_FOR_OTHERS:.0f} seconds; run again when it is done, or name another folder with --cache"
    return f"cannot be used ({error}); name another folder with --cache, or run with --no-cache"
