"""Labelling in a notebook, by keyboard: every label is saved at once, and a restarted kernel goes on where it stopped."""

from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.labels import KEY, append_labels, current, read_labels
from analysis.sheets import SHORT

Pair = tuple[str, str]


class Labelling:
    """The state of one coder's work on a sample; what is drawn of it is the widget's affair.

    Parameters
    ----------
    sample : pandas.DataFrame
        Of ``draw_sample``.
    path : str or Path
        ``labels.parquet`` to append to; what this coder labelled in it counts as done.
    coder : str
        Who labels.

    Raises
    ------
    ValueError
        If ``coder`` is empty.
    """

    def __init__(self, sample: pd.DataFrame, path: str | Path, coder: str) -> None:
        if not coder.strip():
            raise ValueError("coder is empty; name who labels, so that labels of several people can be told apart")
        self.path, self.coder = Path(path), coder
        records: list[dict[str, Any]] = [{str(key): value for key, value in row.items()} for row in sample.to_dict("records")]
        self.rows: dict[Pair, dict[str, Any]] = {(row["statement_id"], row["target"]): row for row in records}
        labels = read_labels(self.path)
        mine = current(labels[labels["coder"] == coder])
        self.done = [pair for pair in mine[KEY].itertuples(index=False, name=None) if pair in self.rows]
        finished = set(self.done)
        self.waiting = [pair for pair in self.rows if pair not in finished]

    @property
    def now(self) -> dict[str, Any] | None:
        """The row to label; None when all are done."""
        return self.rows[self.waiting[0]] if self.waiting else None

    def press(self, key: str) -> str:
        """Act on a key and return what happened: a, n, f label; s puts the statement last; u takes the last label back."""
        key = key.strip().lower()
        if key == "u":
            return self._undo()
        if key not in (*SHORT, "s"):
            return f"{key!r} means nothing here; keys are a, n, f, s (skip), u (undo)"
        if not self.waiting:
            return "all done"
        pair = self.waiting[0]
        if key == "s":
            self.waiting.append(self.waiting.pop(0))
            return "skipped; it comes back at the end"
        self._save(pair, SHORT[key])
        self.done.append(self.waiting.pop(0))
        return f"saved: {SHORT[key]}"

    def _undo(self) -> str:
        if not self.done:
            return "nothing to undo"
        pair = self.done[-1]
        self._save(pair, None)
        self.waiting.insert(0, self.done.pop())
        return "taken back"

    def _save(self, pair: Pair, label: str | None) -> None:
        row = self.rows[pair]
        new = {
            "statement_id": pair[0],
            "target": pair[1],
            "label": label,
            "coder": self.coder,
            "probability": row["probability"],
            "sample": row["sample"],
        }
        append_labels(self.path, pd.DataFrame([new]))

    def html(self) -> str:
        """Return the statement to label, the target marked, what stands before it in grey."""
        row = self.now
        count = f"<p style='color:#777'>{len(self.done)} of {len(self.rows)} labelled by {escape(self.coder)}</p>"
        if row is None:
            return f"{count}<p>All done. Thank you.</p>"
        text, start, end = row["text"], int(row["start"]), int(row["end"])
        marked = f"{escape(text[:start])}<mark><b>{escape(text[start:end])}</b></mark>{escape(text[end:])}"
        return (
            f"{count}<p>Stance of <b>{escape(str(row['speaker']))}</b> toward <b>{escape(row['target'])}</b></p>"
            f"<p style='color:#777;max-width:50em'>{escape(str(row['context'] or ''))}</p><p style='font-size:1.2em;max-width:42em'>{marked}</p>"
        )


def label_in_notebook(sample: pd.DataFrame, path: str | Path, coder: str) -> Any:
    """Show statements to label one after the other; press a (against), n (neutral), f (favor), s (skip), u (undo) in the box, or use the buttons.

    Parameters
    ----------
    sample : pandas.DataFrame
        Of ``draw_sample``.
    path : str or Path
        ``labels.parquet``; each label is appended to it at once. Run the cell again after a restart to go on.
    coder : str
        Who labels.

    Returns
    -------
    ipywidgets.VBox

    Raises
    ------
    ModuleNotFoundError
        Without ipywidgets; the message gives the command that installs it.
    ValueError
        If ``coder`` is empty.
    """
    try:
        import ipywidgets as widgets
    except ModuleNotFoundError as error:
        raise ModuleNotFoundError("labelling in a notebook needs ipywidgets: pip install 'stance-analysis[label]'") from error
    work = Labelling(sample, path, coder)
    shown = widgets.HTML(work.html())
    said = widgets.HTML("<span style='color:#777'>Click into the box, then press a, n, f, s or u.</span>")
    box = widgets.Text(placeholder="a n f s u", continuous_update=True, layout=widgets.Layout(width="8em"))

    def act(key: str) -> None:
        said.value = f"<span style='color:#777'>{escape(work.press(key))}</span>"
        shown.value = work.html()

    def typed(change: dict[str, Any]) -> None:
        if change["new"]:
            for key in change["new"]:
                act(key)
            box.value = ""

    box.observe(typed, names="value")
    buttons = []
    for key, name, colour in (
        ("a", "against", "#D55E00"),
        ("n", "neutral", "#C4C4C4"),
        ("f", "favor", "#0072B2"),
        ("s", "skip", None),
        ("u", "undo", None),
    ):
        button = widgets.Button(description=f"{name} ({key})", layout=widgets.Layout(width="8em"))
        button.style.button_color = colour
        button.on_click(lambda _, key=key: act(key))
        buttons.append(button)
    return widgets.VBox([shown, widgets.HBox([box, *buttons]), said])
