"""What a notebook shows: a widget while a kernel runs, the same in plain HTML on GitHub, in nbviewer and on paper."""

from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

# Jupyter and nbconvert set every cell of a table flush right, which makes sentences hard to read.
LEFT = "<style>table.dataframe.stance-table :is(th, td) {text-align: left; vertical-align: top}</style>"


@dataclass(frozen=True)
class View:
    """HTML that stands by itself, and the widget that Jupyter shows instead while its kernel runs.

    Attributes
    ----------
    html : str
        An HTML fragment without scripts.
    widget : ipywidgets.Widget or None
        The interactive form.
    """

    html: str
    widget: Any = field(default=None, repr=False)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        made = self.widget._repr_mimebundle_() if self.widget is not None else {}
        # anywidget gives the data and its metadata, ipywidgets the data alone.
        bundle: dict[str, Any] = dict(made[0] if isinstance(made, tuple) else made)
        return bundle | {"text/html": self.html, "text/plain": "<View>"}


def show_table(table: pd.DataFrame, caption: str = "", *, rows: int = 10, widths: dict[str, str] | None = None) -> View:
    """Show a table that can be searched and sorted where itables is installed; its first rows where nothing runs.

    Parameters
    ----------
    table : pandas.DataFrame
        Numbers are shown to two decimals, dates as days, missing values as nothing.
    caption : str
        Written above.
    rows : int
        Rows of a page, and of the plain form.
    widths : dict of str to str, optional
        CSS widths of columns, such as ``{"text": "40em"}``; other columns take what they need.

    Returns
    -------
    View
    """
    shown = _readable(table)
    head = f"<p><b>{escape(caption)}</b></p>" if caption else ""
    rest = f"<p>The first {rows} of {len(table):,} rows.</p>" if len(table) > rows else ""
    plain = shown.head(rows).to_html(index=False, escape=True, border=0, na_rep="", justify="left", classes="stance-table")
    return View(f"{LEFT}{head}{plain}{rest}", _datatable(shown, caption, rows, widths or {}))


def show_labelling(sample: pd.DataFrame, path: str | Path, coder: str) -> View:
    """Return what ``label_in_notebook`` makes, beside it the next statement as plain HTML; parameters and errors are the same."""
    from analysis.labelling_widget import Labelling, label_in_notebook

    return View(Labelling(sample, path, coder).html(), label_in_notebook(sample, path, coder))


def _readable(table: pd.DataFrame) -> pd.DataFrame:
    shown = table.copy()
    for name in shown.columns:
        if pd.api.types.is_datetime64_any_dtype(shown[name]):
            shown[name] = shown[name].dt.strftime("%Y-%m-%d")
        elif pd.api.types.is_float_dtype(shown[name]):
            shown[name] = shown[name].round(2) + 0.0  # no −0.00
        if not pd.api.types.is_numeric_dtype(shown[name]):
            shown[name] = shown[name].astype(object).where(shown[name].notna(), "")
    return shown


def _datatable(shown: pd.DataFrame, caption: str, rows: int, widths: dict[str, str]) -> Any:
    try:
        from itables.widget import ITable
    except ModuleNotFoundError:
        return None
    columns = [{"width": width, "targets": list(shown.columns).index(name)} for name, width in widths.items()]
    look: dict[str, Any] = {
        "classes": "display compact",
        "style": "table-layout:auto;width:100%",
        "lengthMenu": [rows, 25, 100],
        "maxBytes": "4MB",
    }
    return ITable(shown, caption=caption or None, showIndex=False, columnDefs=columns, **look)
