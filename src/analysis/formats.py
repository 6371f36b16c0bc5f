"""File formats: the bytes of one file become records; here those of one document a file, and which ending is read how."""

import re
from collections.abc import Mapping
from typing import Any

import trafilatura
import yaml
from lxml import etree
from lxml import html as lxml_html

from analysis.decoding import decode, normalise
from analysis.records import Contents, Record, as_text, map_fields
from analysis.tabular import read_csv, read_jsonl, read_parquet

SINGLE = (".txt", ".md", ".html", ".htm")
_FRONT = re.compile(r"\A\s*---[ \t]*\n(.*?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_LINE = re.compile(r"([A-Za-z][\w -]*):(?:[ \t]+([^\s\[{].*))?")


def read_records(data: bytes, ending: str, columns: Mapping[str, str]) -> Contents:
    """Read the documents of one file.

    Parameters
    ----------
    data : bytes
        Contents of the file.
    ending : str
        One of the keys of ``READERS``: ``.txt``, ``.md``, ``.html``, ``.htm``, ``.csv``, ``.jsonl``, ``.parquet``.
    columns : mapping of str to str
        The user's own column names, by field; what is not listed is guessed from ``records.GUESSES``.

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
    contents: Contents = reader(data) if ending in SINGLE else reader(data, columns)
    return contents


def _text(data: bytes) -> Contents:
    text, fields, warnings = decode(data).replace("\r\n", "\n").replace("\r", "\n").lstrip("\ufeff"), {}, []
    front = _FRONT.match(text)
    if front:
        given, warning = _front_matter(front.group(1))
        warnings += [warning] if warning else []
        # A text may as well begin with a ruled-off line: only keys and values are front matter.
        if isinstance(given, dict):
            names = map_fields(given, {})
            fields = {name: as_text(given[key]) for name, key in names.items() if name != "text" and given[key] not in ("null", "~")}
            text = text[front.end() :]
    return Contents([Record("", {**fields, "text": text})], warnings=warnings)


def _front_matter(text: str) -> tuple[Any, str]:
    """Return what YAML makes of front matter, every value as it is written, and a warning where it makes nothing of it.

    Headlines have colons and quotation marks, which YAML takes for its own: lines of a key and a value are then read as they stand.
    """
    try:
        return yaml.load(text, Loader=yaml.BaseLoader), ""
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
    lines = [_LINE.fullmatch(line.rstrip()) for line in text.splitlines() if line.strip()]
    pairs = [(line[1], line[2]) for line in lines if line]
    if len(pairs) == len(lines):
        return dict(pairs), f"front matter is not valid YAML and was read line by line: {reason}"
    return None, f"front matter is not valid YAML and stays in the text: {reason}"


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


READERS: dict[str, Any] = {
    ".txt": _text,
    ".md": _markdown,
    ".html": _html,
    ".htm": _html,
    ".csv": read_csv,
    ".jsonl": read_jsonl,
    ".parquet": read_parquet,
}
