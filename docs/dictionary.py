"""Write the data dictionary from the schemas of the package: `python docs/dictionary.py`."""

from pathlib import Path

from analysis.tables import TABLES

PAGE = Path(__file__).with_name("data-dictionary.md")
HEAD = """# Data dictionary

Every table of a results folder, as `.parquet` and `.csv`; in Python, `analysis.dictionary()` returns the same. Tables are long and joined by ids.

- **Stance** is `p_favor - p_against`, without unit, from −1 to 1. Classes stand in the order against, neutral, favor everywhere.
- **Offsets** are half-open, [start, end), in characters: `article.text[start:end] == statement.text` always holds.
- **Ids** are hashes of contents: the same input gives the same ids on every machine.
- **Dates** are days, written 2021-12-27 in CSV. Missing values are empty in CSV.
- In `.csv`, columns of spans hold JSON: `[[0, 12], [30, 41]]`.

`manifest.json` beside the tables holds versions, models and their hashes, settings, hashes of the inputs, what was skipped and why, the counts in and out of every stage, how many articles, texts and pairs were computed and how many were known from earlier runs, and the hash of every file.
"""
ABOUT = {
    "articles": "One row an article. Reprints stay in the table and are marked; they are not counted in estimates.",
    "statements": "One row for each sentence and holder: a sentence in which two people are quoted gives two.",
    "mentions": "One row for each statement and target it speaks of.",
    "scores": "One row for each row of `mentions`.",
    "summary": "One row a group. The columns it is grouped by stand first; `by` names them.",
    "words": "One row for each word that was weighed of the statements that were explained (`report: {words: 20}`): the most decided ones toward each target.",
    "labels": "Hand labels (`stance label`). Rows are only ever added; a coder's last row on a statement and target counts.",
}


def page() -> str:
    """Return the page as Markdown."""
    parts = [HEAD]
    for name, table in TABLES.items():
        key = f" Key: {', '.join(f'`{column}`' for column in table.key)}." if table.key else ""
        parts.append(f"## {name}\n\n{ABOUT[name]}{key}\n\n| column | kind | may be missing | meaning |\n| --- | --- | --- | --- |")
        rows = [f"| `{c}` | {column.kind} | {'yes' if column.missing else ''} | {column.meaning} |" for c, column in table.columns.items()]
        parts[-1] += "\n" + "\n".join(rows) + "\n"
    return "\n".join(parts)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
