"""The sheet for coders as a spreadsheet."""

from pathlib import Path
from typing import Any

import pandas as pd

from analysis.tables import CLASSES

WIDTHS = {
    "row": 5,
    "context": 50,
    "statement": 70,
    "target": 10,
    "speaker": 20,
    "label": 11,
    "hard": 7,
    "note": 30,
    "coder": 12,
    "sample": 10,
}


def write_workbook(
    table: pd.DataFrame, parts: list[dict[str, list[tuple[str, bool]]]], columns: list[str], instructions: str, path: Path
) -> None:
    """Write a sheet with drop-downs, the target in bold red, what coders need not see hidden, and the instructions on a second page.

    ``parts`` gives, for each row, context and statement in pieces, each with whether it names the target.
    """
    openpyxl = need_openpyxl()
    from openpyxl.cell.rich_text import CellRichText, TextBlock
    from openpyxl.cell.text import InlineFont
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = openpyxl.Workbook()
    page = book.active
    page.title = "label"
    page.append(columns)
    strong = InlineFont(b=True, color="C00000")
    for number, (row, pieces) in enumerate(zip(table.to_dict("records"), parts, strict=True), start=2):
        for column, name in enumerate(columns, start=1):
            cell = page.cell(number, column)
            rich = any(marked for _, marked in pieces.get(name, []))
            cell.value = (
                CellRichText(*(TextBlock(strong, piece) if marked else piece for piece, marked in pieces[name])) if rich else row[name]
            )
            if isinstance(row[name], str) and not rich:
                cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if name == "label":
                cell.fill = PatternFill("solid", fgColor="FFF7D6")
    for column, name in enumerate(columns, start=1):
        letter = get_column_letter(column)
        page.column_dimensions[letter].width = WIDTHS.get(name, 14)
        page.column_dimensions[letter].hidden = name in ("probability", "statement_id", "sample")
        page.cell(1, column).font = Font(bold=True)
    choices = {"label": ",".join(CLASSES), "hard": "yes"}
    for name, listed in choices.items():
        letter = get_column_letter(columns.index(name) + 1)
        rule = DataValidation(
            type="list",
            formula1=f'"{listed}"',
            allow_blank=True,
            showErrorMessage=True,
            errorTitle=name,
            error=f"choose {listed} or leave it empty",
        )
        page.add_data_validation(rule)
        rule.add(f"{letter}2:{letter}{len(table) + 1}")
    page.freeze_panes = "B2"
    second = book.create_sheet("codebook")
    for line in instructions.splitlines():
        second.append([line])
    second.column_dimensions["A"].width = 150
    book.save(path)


def need_openpyxl() -> Any:
    """Return the library that writes XLSX, or say how to install it."""
    try:
        import openpyxl
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError("label sheets in XLSX need openpyxl: pip install 'stance-analysis[label]'") from error
    return openpyxl
