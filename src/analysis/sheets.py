"""Sheets for coders: written with the target marked and the classifier's answer left out, read back with every row checked."""

import csv
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import pandas as pd

from analysis.labels import KEY
from analysis.tables import CLASSES
from analysis.workbook import need_openpyxl, write_workbook

COLUMNS = ["row", "context", "statement", "target", "speaker", "label", "hard", "note", "coder", "sample", "probability", "statement_id"]
SHORT = {"a": "against", "n": "neutral", "f": "favor"}
MOST_NAMED = 20


class SheetError(ValueError):
    """A sheet that cannot be taken over; the message names every row that is wrong."""


def write_sheet(sample: pd.DataFrame, path: str | Path, *, coder: str = "") -> list[Path]:
    """Write the statements to label as CSV and as XLSX with drop-downs, and the codebook beside them.

    Parameters
    ----------
    sample : pandas.DataFrame
        Of ``draw_sample``; rows labelled earlier are left out.
    path : str or Path
        Where to; the ending is replaced by .csv and .xlsx.
    coder : str
        Who will fill it in; kept in the sheet.

    Returns
    -------
    list of Path
        The files written.

    Raises
    ------
    SheetError
        If a sheet of that name exists (it may hold labels), or nothing is left to label.
    ModuleNotFoundError
        Without openpyxl; the message gives the command that installs it.
    """
    need_openpyxl()
    table = _table(sample, coder)
    path = Path(path)
    files = [path.with_suffix(".csv"), path.with_suffix(".xlsx"), path.with_name("CODEBOOK.md")]
    for file in files[:2]:
        if file.exists():
            raise SheetError(f"{file} exists and may hold labels; choose another name or move it")
    path.parent.mkdir(parents=True, exist_ok=True)
    files[2].write_text(codebook(), encoding="utf-8")
    text = table.assign(
        **{
            name: [
                "".join(f"[[{part}]]" if marked else part for part, marked in marked_parts(row)[place]) for row in table.to_dict("records")
            ]
            for place, name in enumerate(("context", "statement"))
        }
    )
    for name in ("context", "statement", "speaker"):
        # A spreadsheet would take these for formulas.
        text[name] = text[name].str.replace(r"^(?=[=+\-@])", " ", regex=True)
    text[COLUMNS].to_csv(files[0], index=False, encoding="utf-8-sig", quoting=csv.QUOTE_ALL)
    parts = [dict(zip(("context", "statement"), marked_parts(row), strict=True)) for row in table.to_dict("records")]
    write_workbook(table, parts, COLUMNS, codebook(), files[1])
    return files


def read_sheet(path: str | Path, sample: pd.DataFrame, *, coder: str = "", unfinished: bool = False) -> pd.DataFrame:
    """Read a filled-in sheet and check every row against the sample it was made from.

    Parameters
    ----------
    path : str or Path
        The .csv or .xlsx.
    sample : pandas.DataFrame
        Of ``draw_sample``, as it was when the sheet was written.
    coder : str
        Who filled it in; without it, the column ``coder`` says so.
    unfinished : bool
        Take over what is labelled although rows are empty. Statements left out because they are hard bias the estimates.

    Returns
    -------
    pandas.DataFrame
        Rows for ``append_labels``: statement_id, target, label, coder, probability (of the sample, not of the sheet), sample, hard, note.

    Raises
    ------
    SheetError
        If columns are missing, or a row has an unknown or no label, an id or target that is not in the sample, occurs twice or is missing, or nobody is named as
        coder. All are named, with their row in the sheet.
    """
    path = Path(path)
    sheet = _read(path)
    asked = sample[~sample["labelled"]] if "labelled" in sample.columns else sample
    known = set(asked[KEY].itertuples(index=False, name=None))
    wrong: list[str] = []
    seen: dict[tuple[str, str], int] = {}
    empty = []
    for line, row in zip(sheet["line"], sheet.to_dict("records"), strict=True):
        pair = (row["statement_id"], row["target"])
        if pair not in known:
            of = {target for statement, target in known if statement == pair[0]}
            wrong.append(
                f"row {line}: target changed to {pair[1]!r}; it was {' or '.join(sorted(of))}"
                if of
                else f"row {line}: unknown statement_id {pair[0]!r}"
            )
        elif pair in seen:
            wrong.append(f"row {line}: the same statement and target as row {seen[pair]}")
        elif row["label"] == "":
            empty.append(f"row {line}: no label")
        elif row["label"] not in CLASSES:
            wrong.append(f"row {line}: unknown label {row['label']!r}; labels are {', '.join(CLASSES)}")
        seen.setdefault(pair, line)
    numbers = {pair: number for number, pair in enumerate(asked[KEY].itertuples(index=False, name=None), start=1)}
    wrong += [f"row numbered {numbers[pair]} is missing: {pair[0]} on {pair[1]}" for pair in numbers if pair not in seen]
    if len(empty) == len(sheet) and not wrong:
        raise SheetError(f"{path}: none of its {len(sheet)} rows has a label yet")
    wrong += [] if unfinished else empty
    who = pd.Series(coder, index=sheet.index) if coder else sheet["coder"]
    if (who == "").any():
        wrong.append(f"row {sheet.loc[who == '', 'line'].iloc[0]}: no coder; fill the column or name who labelled")
    if wrong:
        more = [f"and {len(wrong) - MOST_NAMED} more"] if len(wrong) > MOST_NAMED else []
        raise SheetError(f"{path}: {len(wrong)} rows are wrong, nothing was taken over:\n  " + "\n  ".join([*wrong[:MOST_NAMED], *more]))
    filled = sheet.assign(coder=who)[sheet["label"] != ""]
    merged = filled[[*KEY, "label", "coder", "hard", "note"]].merge(
        sample[[*KEY, "probability", "sample"]], on=KEY, how="left", validate="one_to_one"
    )
    return merged.assign(**{name: merged[name].where(merged[name] != "") for name in ("hard", "note")})


def marked_parts(row: Mapping[Any, Any]) -> tuple[list[tuple[str, bool]], list[tuple[str, bool]]]:
    """Return the pieces of the context and of the statement of a row of a sample, each with whether it names the target.

    The target stands in the statement, or in its context where ``via`` is context.
    """
    text, context = str(row["statement"] if "statement" in row else row["text"]), row["context"]
    context = "" if pd.isna(context) else str(context)
    start, end, back = int(row["start"]), int(row["end"]), row.get("via") == "context"
    inside = context if back else text
    pieces = [(inside[:start], False), (inside[start:end], True), (inside[end:], False)]
    marked = [(piece, named) for piece, named in pieces if piece]
    return (marked, [(text, False)]) if back else ([(context, False)], marked)


def codebook() -> str:
    """Return the coders' instructions as Markdown."""
    return (resources.files("analysis") / "codebook.md").read_text(encoding="utf-8")


def _table(sample: pd.DataFrame, coder: str) -> pd.DataFrame:
    left = sample[~sample["labelled"]] if "labelled" in sample.columns else sample
    if left.empty:
        raise SheetError(f"all {len(sample)} statements of the sample are labelled already; draw a larger one")
    table = left.rename(columns={"text": "statement"}).assign(label="", hard="", note="", coder=coder).reset_index(drop=True)
    table["row"] = range(1, len(table) + 1)
    for name in ("statement", "context", "speaker"):
        # Control characters cannot stand in a spreadsheet; one space each keeps the offsets.
        table[name] = table[name].astype("object").fillna("").str.replace(r"[\x00-\x08\x0b-\x1f]", " ", regex=True)
    return table


def read_cells(path: Path) -> pd.DataFrame:
    """Read the cells of a CSV or XLSX as text; ``SheetError`` where it is neither."""
    try:
        if path.suffix == ".xlsx":
            need_openpyxl()
            return pd.read_excel(path, dtype=str, keep_default_na=False, engine="openpyxl")
        # Spreadsheets of some countries save CSV with semicolons.
        return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig", sep=None, engine="python")
    except (OSError, ValueError, KeyError, csv.Error, BadZipFile) as error:
        raise SheetError(f"{path}: cannot be read as a sheet: {error}") from error


def _read(path: Path) -> pd.DataFrame:
    sheet = read_cells(path)
    for name in ("statement_id", "target", "label"):
        if name not in sheet.columns:
            raise SheetError(f"{path}: no column {name!r}; it has {', '.join(map(str, sheet.columns))}")
    for name in ("hard", "note", "coder"):
        if name not in sheet.columns:
            sheet[name] = ""
    sheet = sheet.fillna("")
    sheet["line"] = range(2, len(sheet) + 2)
    for name in ("statement_id", "target", "label", "hard", "note", "coder"):
        sheet[name] = sheet[name].str.strip()
    sheet["label"] = sheet["label"].str.lower().replace(SHORT)
    return sheet[(sheet[["statement_id", "target", "label"]] != "").any(axis=1)].reset_index(drop=True)
