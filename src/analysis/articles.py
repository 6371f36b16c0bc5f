"""Files and folders become the table of articles: clean text, where each came from, what was taken out, what was skipped."""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from analysis.cleaning import Cleaned, clean
from analysis.config import Config, ConfigError, load_config
from analysis.dates import parse_date
from analysis.decoding import NotTextError, normalise
from analysis.formats import READERS, SINGLE, read_records
from analysis.inputs import InputError, Journal, find_files, listed, shown_path
from analysis.records import GUESSES, Record
from analysis.reprints import find_reprints
from analysis.tables import TABLES, check, typed

__all__ = ["InputError", "read_articles"]

# How an outlet is written, where a file's name has it in small letters; others are taken as they stand.
_OUTLETS = {"anadolu": "Anadolu", "reuters": "Reuters", "guardian": "Guardian", "tass": "TASS", "interfax": "Interfax", "xinhua": "Xinhua", "politico": "Politico", "kremlin": "Kremlin", "nato": "NATO"}  # fmt: skip
_NO_OUTLET = {"article", "articles", "speech", "doc", "document", "file", "text", "txt", "news", "statement", "transcript", "report", "press", "remarks", "interview", "draft", "copy", "raw", "data", "page", "untitled", "the"}  # fmt: skip
_NAMED = re.compile(r"(?:(?P<source>[A-Za-z]+)[-_. ])?(?P<day>(?:19|20)\d{2}([-_.]?)\d{2}\3\d{2})(?!\d)")
_LANGUAGES = {
    "english": "en",
    "russian": "ru",
    "ukrainian": "uk",
    "german": "de",
    "french": "fr",
    "turkish": "tr",
    "spanish": "es",
    "polish": "pl",
}


def read_articles(paths: str | Path | Sequence[str | Path], config: Config | None = None) -> pd.DataFrame:
    """Read articles and speeches from files and folders.

    Parameters
    ----------
    paths : str, Path or sequence of them
        Files, and folders with everything below them: ``.txt`` and ``.md`` (optional YAML front matter), ``.html``, ``.htm``,
        ``.csv``, ``.jsonl``, ``.parquet``. Order does not matter: files are read in the order of their paths.
    config : Config, optional
        ``reading.columns`` names the columns of tabular files, ``reading.near_duplicate`` the least overlap of a reprint.

    Returns
    -------
    pandas.DataFrame
        One row per article, the columns of ``tables.TABLES["articles"]``. ``text`` is final: all offsets point into it.
        What stands in the file comes before what the dateline, a line of the text or the file's name gives.
        ``attrs`` says what else happened, nothing is dropped in silence:

        - ``skipped``: ``{"path", "reason"}`` of every file, line or row that is not in the table;
        - ``warnings``: ``{"path", "reason"}`` of everything read with a doubt, such as a date that is none (left null);
        - ``inputs``: ``{"path", "sha256", "rows"}`` of every file that was opened, with the number of its articles.

    Raises
    ------
    InputError
        If a path does not exist, or no article can be read at all; the message gives the reasons.
    ConfigError
        If ``reading.columns`` names a field that does not exist.
    """
    config, journal = config or load_config(), Journal()
    rows = list(article_rows(paths, config, journal))
    originals = find_reprints(
        [row["text"] for row in rows], [row["published"] for row in rows], [row["speaker"] for row in rows], config.reading.near_duplicate
    )
    frame = articles_table(rows, [None if original is None else rows[original]["article_id"] for original in originals])
    frame.attrs.update(skipped=journal.skipped, warnings=journal.warnings, inputs=journal.inputs)
    return frame


def article_rows(paths: str | Path | Sequence[str | Path], config: Config, journal: Journal) -> Iterator[dict[str, Any]]:
    """Yield each different article of the files, one file after the other in memory; the journal is told what is not among them.

    Raises
    ------
    InputError, ConfigError
        As ``read_articles`` does.
    """
    unknown = [name for name in config.reading.columns if name not in GUESSES]
    if unknown:
        raise ConfigError(f"reading.columns: unknown field {unknown[0]!r}; the fields are {', '.join(GUESSES)}")
    seen: dict[str, str] = {}
    for path in find_files(listed(paths), journal):
        yield from _read_file(path, config, journal, seen)
    if not seen:
        reasons = "; ".join(f"{skip['path']}: {skip['reason']}" for skip in journal.skipped[:5])
        more = f"; and {len(journal.skipped) - 5} more" if len(journal.skipped) > 5 else ""
        raise InputError(f"no article could be read: {reasons or 'no path was given'}{more}")


def articles_table(rows: list[dict[str, Any]], duplicate_of: Sequence[str | None]) -> pd.DataFrame:
    """Return rows as the table ``articles``."""
    frame = pd.DataFrame(rows)
    frame["published"] = np.array([row["published"] for row in rows], dtype="datetime64[us]")
    frame["duplicate_of"] = list(duplicate_of)
    absent = [name for name, column in TABLES["articles"].columns.items() if column.missing and column.kind == "text"]
    frame[absent] = frame[absent].replace("", None)
    return check(typed(frame, "articles"), "articles")


def _read_file(path: Path, config: Config, journal: Journal, seen: dict[str, str]) -> Iterator[dict[str, Any]]:
    shown, ending = shown_path(path), path.suffix.lower()

    def skip(reason: str, place: str = "") -> None:
        journal.skipped.append({"path": f"{shown}, {place}" if place else shown, "reason": reason})

    if path.name.startswith("."):
        return skip("hidden file")
    if ending not in READERS:
        return skip(f"unsupported ending {ending!r}; supported are {', '.join(READERS)}")
    if not path.is_file():
        return skip("not a regular file")
    try:
        data = path.read_bytes()
    except OSError as error:
        return skip(f"cannot be read: {error.strerror}")
    entry: dict[str, Any] = {"path": shown, "sha256": hashlib.sha256(data).hexdigest(), "rows": 0}
    journal.inputs.append(entry)
    try:
        contents = read_records(data, ending, config.reading.columns)
    except NotTextError as error:
        return skip(str(error))
    del data
    for reason in contents.skipped:
        skip(reason)
    journal.warnings += [{"path": shown, "reason": reason} for reason in contents.warnings]
    records = contents.records[::-1]
    contents.records.clear()
    while records:
        record = records.pop()
        row = _article(record, shown, path.stem if ending in SINGLE else "", journal)
        if not row["text"]:
            skip("nothing left but page furniture" if row["removed"] else "no text", record.row)
        elif row["article_id"] in seen:
            skip(f"same text, title, source, date and speaker as {seen[row['article_id']]}", record.row)
        else:
            seen[row["article_id"]] = row["path"]
            entry["rows"] += 1
            yield row


def _article(record: Record, shown: str, stem: str, journal: Journal) -> dict[str, Any]:
    given = {name: " ".join(normalise(value).split()) for name, value in record.fields.items() if name != "text"}
    path = f"{shown}, {record.row}" if record.row else shown
    parts = clean(record.fields["text"], given.get("title", ""))
    source, day = _from_name(stem)
    published = parse_date(given.get("published", ""))
    if given.get("published") and published is None:
        journal.warnings.append({"path": path, "reason": f"{given['published']!r} is not a date that can be read in one way only"})
    row = {
        "source": given.get("source") or parts.agency or source,
        "published": published or parts.published or day,
        "title": parts.title,
        "author": given.get("author") or parts.author,
        "speaker": given.get("speaker", ""),
        "city": parts.city,
        "agency": parts.agency,
        "url": given.get("url", ""),
        "language": _language(given.get("language", "")),
        "text": parts.text,
        "removed": _removed(record, parts),
        "path": path,
    }
    return {"article_id": _identity(row), **row}


def _removed(record: Record, parts: Cleaned) -> str:
    return "\n".join([*parts.removed, *(normalise(part) for part in record.removed)])


def _from_name(stem: str) -> tuple[str, date | None]:
    """Return outlet and day of a file called like ``aa-2021-12-27-talks``; the outlet stands before the day."""
    found = _NAMED.match(stem) or _NAMED.search(stem)
    day = parse_date(found["day"]) if found else None
    source = (found["source"] or "").lower() if found and found.start() == 0 and day else ""
    if source in _NO_OUTLET:
        return "", day
    return _OUTLETS.get(source, source.upper() if len(source) <= 4 else source), day


def _language(given: str) -> str:
    code = given.lower()
    return _LANGUAGES.get(code, code.replace("_", "-").split("-")[0])


def _identity(row: dict[str, Any]) -> str:
    published = row["published"]
    parts = [row["text"], row["title"], row["source"], published.isoformat() if published else "", row["speaker"]]
    return hashlib.sha256(json.dumps(parts).encode("ascii")).hexdigest()[:16]
