"""File formats: the bytes of one file become records, each a document's fields as text, not yet cleaned."""

import csv
import datetime
import io
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow.parquet
import trafilatura
import yaml
from lxml import etree
from lxml import html as lxml_html

from analysis.decoding import NotTextError, decode, normalise

# The first name a file has is taken; case, spaces, hyphens and underscores do not matter.
GUESSES: dict[str, tuple[str, ...]] = {
    "text": (
        "text",
        "content",
        "body",
        "fulltext",
        "articletext",
        "articlebody",
        "maintext",
        "article",
        "transcript",
        "speechtext",
        "speech",
    ),
    "id": ("id", "docid", "documentid", "articleid", "uid"),
    "title": ("title", "headline", "heading"),
    "source": ("source", "outlet", "publisher", "publication", "sitename", "newspaper", "media", "domain"),
    "published": (
        "published",
        "date",
        "publishedat",
        "publisheddate",
        "publicationdate",
        "pubdate",
        "datepublished",
        "datetime",
        "day",
        "timestamp",
    ),
    "author": ("author", "authors", "byline", "creator"),
    "speaker": ("speaker", "speakername"),
    "url": ("url", "link", "address", "permalink", "weburl", "sourceurl"),
    "language": ("language", "lang"),
}
_FRONT = re.compile(r"\A\s*---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TABLE_ROOT = (".csv", ".jsonl", ".parquet")


@dataclass(frozen=True)
class Record:
    """One document as its file gives it; ``removed`` are parts the format's reader left out."""

    row: str
    fields: dict[str, str]
    removed: tuple[str, ...] = ()


@dataclass
class Contents:
    """What a file held: documents, what was skipped, and what was doubtful though read."""

    records: list[Record] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def read_records(data: bytes, ending: str, columns: Mapping[str, str]) -> Contents:
    """Read the documents of one file.

    Parameters
    ----------
    data : bytes
        Contents of the file.
    ending : str
        One of the keys of ``READERS``: ``.txt``, ``.md``, ``.html``, ``.htm``, ``.csv``, ``.jsonl``, ``.parquet``.
    columns : mapping of str to str
        The user's own column names, by field; what is not listed is guessed from ``GUESSES``.

    Returns
    -------
    Contents

    Raises
    ------
    NotTextError
        If the bytes are not what the ending promises.
    """
    if not data.strip():
        return Contents(skipped=["empty file"])
    reader = READERS[ending]
    contents: Contents = reader(data, columns) if ending in _TABLE_ROOT else reader(data)
    return contents


def _text(data: bytes) -> Contents:
    text, fields, warnings = decode(data).replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff"), {}, []
    front = _FRONT.match(text)
    if front:
        try:
            given = yaml.safe_load(front.group(1))
        except yaml.YAMLError as error:
            warnings.append(f"front matter is not valid YAML and stays in the text: {' '.join(str(error).split())}")
        else:
            # A text may as well begin with a ruled-off line: only keys and values are front matter.
            if isinstance(given, dict):
                names = _fields(given, {})
                fields = {name: _as_text(given[key]) for name, key in names.items() if name != "text"}
                text = text[front.end() :]
    return Contents([Record("", {**fields, "text": text})], warnings=warnings)


def _markdown(data: bytes) -> Contents:
    contents = _text(data)
    fields = contents.records[0].fields
    heading = re.match(r"\s*#\s+(.+?)\s*#*\s*(?:\n|\Z)", fields["text"])
    if heading and not fields.get("title"):
        fields["title"], fields["text"] = heading.group(1), fields["text"][heading.end() :]
    images = tuple(re.findall(r"!\[[^\]]*\]\([^)]*\)", fields["text"]))
    plain = re.sub(r"!\[[^\]]*\]\([^)]*\)", "", fields["text"])
    plain = re.sub(r"\[([^\]]+)\]\([^)\s]+(?:\s+\"[^\"]*\")?\)", r"\1", plain)
    plain = re.sub(r"(?m)^[ \t]*(?:#{1,6}|>)[ \t]+", "", plain)
    fields["text"] = re.sub(r"(\*\*|__|\*)(?=\S)(.+?)(?<=\S)\1", r"\2", plain)
    contents.records[0] = Record("", fields, images)
    return contents


def _html(data: bytes) -> Contents:
    page = decode(data, declared=True).lstrip("\ufeff")
    document = trafilatura.bare_extraction(page, with_metadata=True, include_comments=False, include_tables=False)
    found = {} if document is None else document if isinstance(document, dict) else document.as_dict()
    if not (found.get("text") or "").strip():
        return Contents(skipped=["no article text found in the page"])
    tree = lxml_html.fromstring(page.encode("utf-8"), parser=lxml_html.HTMLParser(encoding="utf-8"))
    etree.strip_elements(tree, "script", "style", "noscript", "template", etree.Comment, with_tail=False)
    names = {"title": "title", "author": "author", "source": "sitename", "published": "date", "url": "url"}
    fields = {name: str(found[theirs]) for name, theirs in names.items() if found.get(theirs)}
    fields.setdefault("source", str(found.get("hostname") or ""))
    fields["language"] = str(tree.get("lang") or found.get("language") or "")
    fields["text"] = str(found["text"]).replace("\n", "\n\n")
    kept = " ".join(normalise(" ".join([fields["text"], *fields.values()])).split())
    lines = (" ".join(normalise(str(piece)).split()) for piece in tree.itertext())
    return Contents([Record("", fields, tuple(line for line in lines if line and line not in kept))])


def _csv(data: bytes, columns: Mapping[str, str]) -> Contents:
    lines = io.StringIO(decode(data).lstrip("\ufeff"), newline=None).readlines()
    try:
        separator = csv.Sniffer().sniff(lines[0], delimiters=",;\t|").delimiter
    except csv.Error:
        separator = ","
    # The module's own limit of 131,072 characters is shorter than a long speech.
    limit = csv.field_size_limit(sys.maxsize)
    try:
        parsed = list(_csv_rows(lines, separator))
    finally:
        csv.field_size_limit(limit)
    header = [name.strip() for name in parsed[0][1]]
    contents, rows = Contents(), []
    for line, row, complaint in parsed[1:]:
        if not complaint and row and len(row) != len(header):
            complaint = f"{len(row)} values for {len(header)} columns"
        if complaint:
            contents.skipped.append(f"line {line}: {complaint}")
        elif any(value.strip() for value in row):
            rows.append((f"line {line}", dict(zip(header, row, strict=True))))
    if not rows and not contents.skipped:
        contents.skipped.append(f"no rows below the header; {_listed(header)}")
    return _rows(rows, columns, contents)


def _csv_rows(lines: list[str], separator: str) -> Iterator[tuple[int, list[str], str]]:
    start = 0
    while start < len(lines):
        reader = csv.reader(lines[start:], delimiter=separator)
        base = begin = start
        for row in reader:
            end = base + reader.line_num
            # One stray quotation mark would swallow every line after it: leave its line out and go on below it.
            if end == len(lines) and end - begin > 1 and _unclosed(lines[begin:end], separator):
                yield begin + 1, [], "a quotation mark is never closed"
                end = begin + 1
                start = end
                break
            yield begin + 1, row, ""
            begin = start = end
        else:
            return


def _unclosed(lines: list[str], separator: str) -> bool:
    try:
        list(csv.reader(lines, delimiter=separator, strict=True))
    except csv.Error as error:
        return "unexpected end" in str(error)
    return False


def _jsonl(data: bytes, columns: Mapping[str, str]) -> Contents:
    contents, rows = Contents(), []
    for number, line in enumerate(decode(data).lstrip("\ufeff").split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as error:
            contents.skipped.append(f"line {number}: not valid JSON: {error}")
            continue
        if isinstance(row, dict):
            rows.append((f"line {number}", row))
        else:
            contents.skipped.append(f"line {number}: expected an object with fields, found {type(row).__name__}")
    return _rows(rows, columns, contents)


def _parquet(data: bytes, columns: Mapping[str, str]) -> Contents:
    try:
        rows = pyarrow.parquet.read_table(io.BytesIO(data)).to_pylist()
    except (pyarrow.ArrowException, OSError) as error:
        raise NotTextError(f"not a readable parquet file: {' '.join(str(error).split())}") from error
    return _rows([(f"row {number}", row) for number, row in enumerate(rows, 1)], columns, Contents())


def _rows(rows: Iterable[tuple[str, dict[str, Any]]], columns: Mapping[str, str], contents: Contents) -> Contents:
    names: dict[tuple[str, ...], dict[str, str]] = {}
    without: dict[tuple[str, ...], list[str]] = {}
    for place, row in rows:
        keys = tuple(map(str, row))
        if keys not in names:
            names[keys] = _fields(row, columns)
            contents.warnings += [
                f"column {wanted!r}, set for {name} in reading.columns, is not there; {_listed(keys)}"
                for name, wanted in columns.items()
                if wanted not in keys and name != "text"
            ]
        if "text" not in names[keys]:
            without.setdefault(keys, []).append(place)
            continue
        fields = {name: _as_text(row[key]) for name, key in names[keys].items()}
        identity = fields.pop("id", "")
        contents.records.append(Record(f"{place}, id {identity}" if identity else place, fields))
    for keys, places in without.items():
        contents.skipped.append(f"no text column in {len(places)} rows, first {places[0]}; {_listed(keys)}")
    return contents


def _fields(row: Mapping[Any, Any], columns: Mapping[str, str]) -> dict[str, Any]:
    """Map our fields to the names the row has: the user's own, else the first guess."""
    plain = {re.sub(r"[\s_-]", "", str(key)).lower(): key for key in reversed(row)}
    found = {name: next((plain[guess] for guess in guesses if guess in plain), None) for name, guesses in GUESSES.items()}
    # A text column that was named and is absent is never replaced by a guess: the wrong text would pass unseen.
    found.update({name: wanted if wanted in row else None for name, wanted in columns.items()})
    return {name: key for name, key in found.items() if key is not None}


def _as_text(value: Any) -> str:
    if value is None or value != value:
        return ""
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, map(_as_text, value)))
    return str(value)


def _listed(names: Iterable[str]) -> str:
    return f"the columns are {', '.join(names)}"


READERS: dict[str, Any] = {
    ".txt": _text,
    ".md": _markdown,
    ".html": _html,
    ".htm": _html,
    ".csv": _csv,
    ".jsonl": _jsonl,
    ".parquet": _parquet,
}
