"""Tabular formats: many documents in one file, one a row."""

import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyarrow.parquet

from analysis.decoding import NotTextError, decode
from analysis.records import Contents, Record, as_text, map_fields


def read_csv(data: bytes, columns: Mapping[str, str]) -> Contents:
    """Read a table with a header line; lines that do not fit it are skipped by number."""
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


def read_jsonl(data: bytes, columns: Mapping[str, str]) -> Contents:
    """Read one JSON object a line; a broken line is skipped by number."""
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


def read_parquet(data: bytes, columns: Mapping[str, str]) -> Contents:
    """Read a parquet file; raise NotTextError if it is none."""
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
            names[keys] = map_fields(row, columns)
            contents.warnings += [
                f"column {wanted!r}, set for {name} in reading.columns, is not there; {_listed(keys)}"
                for name, wanted in columns.items()
                if wanted not in keys and name != "text"
            ]
        if "text" not in names[keys]:
            without.setdefault(keys, []).append(place)
            continue
        fields = {name: as_text(row[key]) for name, key in names[keys].items()}
        identity = fields.pop("id", "")
        contents.records.append(Record(f"{place}, id {identity}" if identity else place, fields))
    for keys, places in without.items():
        contents.skipped.append(f"no text column in {len(places)} rows, first {places[0]}; {_listed(keys)}")
    return contents


def _listed(names: Iterable[str]) -> str:
    return f"the columns are {', '.join(names)}"
