"""What every file format is read into, and how its names are mapped to ours."""

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

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


def map_fields(row: Mapping[Any, Any], columns: Mapping[str, str]) -> dict[str, Any]:
    """Map our fields to the names the row has: the user's own, else the first guess."""
    plain = {re.sub(r"[\s_-]", "", str(key)).lower(): key for key in reversed(row)}
    found = {name: next((plain[guess] for guess in guesses if guess in plain), None) for name, guesses in GUESSES.items()}
    # A text column that was named and is absent is never replaced by a guess: the wrong text would pass unseen.
    found.update({name: wanted if wanted in row else None for name, wanted in columns.items()})
    return {name: key for name, key in found.items() if key is not None}


def as_text(value: Any) -> str:
    """Write a value as text; what is missing becomes empty, a list its parts with commas between."""
    if value is None or value != value:
        return ""
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return ", ".join(filter(None, map(as_text, value)))
    return str(value)
