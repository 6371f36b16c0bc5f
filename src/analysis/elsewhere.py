"""Paths that are not on this machine's disks: ``s3://``, ``gs://`` and whatever else fsspec knows (extra ``remote``)."""

import atexit
import hashlib
import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from analysis.storage import LABELS, LOCK, MANIFEST, REPORT, UNFINISHED, ResultsError, remove
from analysis.writing import alone

# What file systems call the version of a file.
VERSIONS = ("ETag", "etag", "mtime", "LastModified", "last_modified", "updated", "generation", "md5Hash", "checksum")
# There folders are only names; asked to make one, their clients would make the bucket.
BUCKETS = ("s3", "s3a", "gs", "gcs", "az", "abfs", "abfss")
EXTRA = "paths with :// need the extra 'remote': pip install 'stance-analysis[remote]'"


class ElsewhereError(ValueError):
    """A place that cannot be reached; the message names it and says what is missing."""


def is_elsewhere(path: Any) -> bool:
    """Whether a path names a place by a protocol, as ``s3://bucket/articles`` does; ``file://`` counts."""
    return "://" in str(path)


def as_path(path: str | Path) -> Path:
    """Return a path to read from: of this machine, or of universal-pathlib, which behaves like one.

    Raises
    ------
    ElsewhereError
        If the protocol is unknown, or what it needs is not installed.
    """
    if not is_elsewhere(path):
        return Path(path)
    try:
        from upath import UPath
    except ImportError as error:
        raise ElsewhereError(f"{path}: {EXTRA}") from error
    try:
        found = cast(Path, UPath(str(path)))
        found.exists()  # asks the place
    except Exception as error:  # each protocol has errors of its own: no credentials, no such bucket, no package
        raise ElsewhereError(f"{path}: cannot be reached: {_first_line(error)}") from error
    return found


def version_of(path: Any) -> str:
    """Return what its file system says of a file's version, such as its ETag, without reading it; where it says nothing, a hash of the file."""
    path.fs.invalidate_cache()
    said = {key: str(value) for key, value in path.fs.info(path.path).items() if key in VERSIONS}
    return json.dumps(said, sort_keys=True) if said else hashlib.sha256(path.read_bytes()).hexdigest()


@contextmanager
def mirrored(out: str | Path, cache: Path | None, overwrite: bool = False) -> Iterator[Path]:
    """Give a folder here for results that belong elsewhere, and copy them there in the end, the manifest last.

    The folder knows the finished run and the hand labels that are there. Where the same input, settings and models gave the same files, nothing is copied.
    Of two runs with one cache and one place, the second waits for the first.

    Parameters
    ----------
    out : str or Path
        The folder elsewhere.
    cache : Path, optional
        Where the folder here is kept between runs; without it it goes with the process.
    overwrite : bool
        Write there although there are other files.

    Raises
    ------
    ElsewhereError
        If the place cannot be reached or written to; the latter is tried before anything is computed.
    ResultsError
        If it holds files but no results.
    """
    place: Any = as_path(out)
    if cache is None:
        cache = Path(tempfile.mkdtemp(prefix="stance-"))
        atexit.register(shutil.rmtree, cache, ignore_errors=True)
    here = cache / f"results-{hashlib.sha256(str(place).encode()).hexdigest()[:16]}"
    with alone(here.with_name(f"{here.name}.lock")):
        there = _names(place)
        if not overwrite and there - {LABELS} and not there & {MANIFEST, UNFINISHED}:
            raise ResultsError(
                f"{out}: holds files but no results of stance run; name another folder with --out, or write there with --overwrite"
            )
        _try_to_write(place, out)
        here.mkdir(parents=True, exist_ok=True)
        before = _fetched(place, here, there)
        yield here
        now = (here / MANIFEST).read_bytes()
        if overwrite or before is None or _what(now) != _what(before) or not _is_whole(place, now):
            _copy(here, place)
        elif now != before:
            (here / MANIFEST).write_bytes(before)


def _names(place: Any) -> set[str]:
    place.fs.invalidate_cache()
    return {path.name for path in place.iterdir()} if place.exists() else set()


def _make(folder: Any) -> None:
    if folder.protocol not in BUCKETS:
        folder.mkdir(parents=True, exist_ok=True)


def _try_to_write(place: Any, out: str | Path) -> None:
    trial = place / ".stance-was-here"
    try:
        _make(place)
        trial.write_bytes(b"")
        trial.unlink()
    except Exception as error:  # each protocol has errors of its own
        raise ElsewhereError(f"{out}: cannot be written to: {_first_line(error)}") from error


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _is_whole(place: Any, manifest: bytes) -> bool:
    return all(place.joinpath(*name.split("/")).exists() for name in json.loads(manifest)["outputs"])


def _fetched(place: Any, here: Path, there: set[str]) -> bytes | None:
    """Bring the folder here in line with the one elsewhere; return its manifest, None where there is none."""
    known = {name: (place / name).read_bytes() for name in (MANIFEST, UNFINISHED, LABELS) if name in there}
    before = known.get(MANIFEST)
    if before is None or not (here / MANIFEST).is_file() or (here / MANIFEST).read_bytes() != before:
        for path in list(here.iterdir()):
            remove(path)
    for name in (MANIFEST, UNFINISHED, LABELS):
        if name in known:
            (here / name).write_bytes(known[name])
        else:
            (here / name).unlink(missing_ok=True)
    return before


def _what(manifest: bytes) -> Any:
    """Return what a run was made of and what it wrote, as its manifest says; the manifest itself where it does not."""
    try:
        found = json.loads(manifest)
        return (found["fingerprint"], found["outputs"]) if found["fingerprint"] else manifest
    except (ValueError, KeyError, TypeError):
        return manifest


def _copy(here: Path, place: Any) -> None:
    names = sorted({path.name for path in here.iterdir()} - {MANIFEST, LABELS, LOCK})
    lost = [name for name in json.loads((here / MANIFEST).read_bytes())["outputs"] if not (here / name).exists()]
    if lost:
        raise ElsewhereError(f"{place}: not written, {here / lost[0]} has gone while it was copied; run again")
    there = _names(place)
    (place / UNFINISHED).write_bytes((here / MANIFEST).read_bytes())
    for name in [MANIFEST, *{REPORT, *names}]:
        if name in there:
            # A table may be a folder of parts now and a file then.
            place.fs.rm((place / name).path, recursive=True)
    for name in names:
        source = here / name
        for path in sorted(source.rglob("*")) if source.is_dir() else [source]:
            if path.is_file():
                target = place.joinpath(*path.relative_to(here).parts)
                _make(target.parent)
                with path.open("rb") as file, target.open("wb") as to:
                    shutil.copyfileobj(file, to)
    (place / MANIFEST).write_bytes((here / MANIFEST).read_bytes())
    (place / UNFINISHED).unlink()
