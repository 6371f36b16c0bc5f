"""Labelling in a notebook, by keyboard: every label is saved at once, and a restarted kernel goes on where it stopped."""

import time
from html import escape
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.groups import NO_SPEAKER
from analysis.labels import KEY, append_labels, current, read_labels, with_new_chance
from analysis.sheets import SHORT, codebook, marked_parts

Pair = tuple[str, str]
# Seconds a statement has to be on the screen before a key counts for it, and before the same key does: a key held down or struck twice must not label what
# nobody has read.
PAUSE, HELD = 0.25, 0.7
# Opacity in the place of grey, so that it can be read in dark themes too.
STYLE = (
    "<style>.stance-keys input:focus {box-shadow: 0 0 0 3px #0072B2 !important} .stance-faint {opacity: .75; max-width: 50em} "
    ".stance-text {font-size: 1.2em; max-width: 42em} .stance-rules {max-height: 22em; overflow: auto; white-space: pre-wrap; max-width: 60em}</style>"
)
BUTTONS = (
    ("a", "against", "#D55E00", "black"),
    ("n", "neutral", "#C4C4C4", "black"),
    ("f", "favor", "#0072B2", "white"),
    ("s", "skip", None, None),
    ("u", "undo", None, None),
)


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
        enlarged = with_new_chance(labels, sample)
        if len(enlarged):
            labels = append_labels(self.path, enlarged)
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
        count = f"<p class='stance-faint'>{len(self.done)} of {len(self.rows)} labelled by {escape(self.coder)}</p>"
        if row is None:
            return f"{count}<p>All done. Thank you.</p>"
        speaker = "the article itself" if pd.isna(row["speaker"]) or row["speaker"] == NO_SPEAKER else str(row["speaker"])
        context, text = (
            "".join(f"<mark><b>{escape(part)}</b></mark>" if marked else escape(part) for part, marked in parts)
            for parts in marked_parts(row)
        )
        return (
            f"{count}<p>Stance of <b>{escape(speaker)}</b> toward <b>{escape(row['target'])}</b></p>"
            f"<p class='stance-faint'>{context}</p><p class='stance-text'>{text}</p>"
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
    shown = widgets.HTML(STYLE + work.html())
    said = widgets.HTML("Click into the box, then press a, n, f, s or u.")
    box = widgets.Text(placeholder="a n f s u", continuous_update=True, layout=widgets.Layout(width="8em"))
    box.add_class("stance-keys")
    rules = widgets.HTML(f"<details><summary>Codebook</summary><div class='stance-rules'>{escape(codebook())}</div></details>")
    since, before = time.monotonic(), ""

    def act(key: str) -> None:
        nonlocal since, before
        passed, held = time.monotonic() - since, key == before
        since, before = time.monotonic(), key
        if passed < (HELD if held else PAUSE):
            said.value = f"{escape(repr(key))} came too soon after the last key and was ignored."
            return
        said.value = escape(work.press(key))
        shown.value = STYLE + work.html()

    def typed(change: dict[str, Any]) -> None:
        # What was typed stays in the box: to empty it from here would race with the next key, and count that one twice.
        new = change["new"].removeprefix(change["old"]) if len(change["new"]) > len(change["old"]) else ""
        for key in new.strip():
            act(key)

    def clicked(key: str) -> None:
        act(key)
        # Else the next key would be Jupyter's: "a" inserts a cell.
        box.focus()

    box.observe(typed, names="value")
    buttons = []
    for key, name, colour, ink in BUTTONS:
        button = widgets.Button(description=f"{name} ({key})", layout=widgets.Layout(width="8em"))
        button.style.button_color, button.style.text_color = colour, ink
        button.on_click(lambda _, key=key: clicked(key))
        buttons.append(button)
    return widgets.VBox([shown, widgets.HBox([box, *buttons]), said, rules])
