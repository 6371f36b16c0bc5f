"""The page: template, style, script and data put into one file that asks nothing of the network."""

import base64
import hashlib
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from analysis import __version__
from analysis.report.cards import model_cards
from analysis.report.notes import about_words, headlines, remarks, scope, settings_of, stages
from analysis.report.payload import payload
from analysis.results import Results, read_results
from analysis.storage import REPORT, write_whole

# In the order in which each uses what those before it define.
SCRIPTS = (
    "dom.js",
    "data.js",
    "state.js",
    "shares.js",
    "timeline.js",
    "matrix.js",
    "filters.js",
    "statements.js",
    "downloads.js",
    "main.js",
)


def write_report(results: Results | str | Path, path: str | Path, without_words: str = "") -> Path:
    """Write results as one self-contained HTML file.

    Parameters
    ----------
    results : Results, str or Path
        What ``run`` returned, or the folder it wrote.
    path : str or Path
        File to write; replaced if it is there. Folders above it are made.
    without_words : str
        Why words that carried the stance could not be found; the report says so.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ResultsError
        If the folder does not hold the results of a finished run.
    ValueError
        If ``path`` is a folder.

    Notes
    -----
    The same results give the same bytes. All that comes from articles is data: it is escaped into a block of JSON and shown as text.
    """
    path = Path(path)
    if path.is_dir():
        raise ValueError(f"{path}: is a folder; name a file, for example {path / REPORT}")
    made = page(results if isinstance(results, Results) else read_results(results), without_words)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, lambda to: to.write_text(made, encoding="utf-8", newline="\n"))
    return path


def page(results: Results, without_words: str = "") -> str:
    """Return the report as HTML; parameters as of ``write_report``."""
    trend, warnings = None, remarks(results)
    try:
        trend = results.over_time
    except OSError as error:
        warnings.append(f"Stance over time is left out: the file of events, {Path(str(error.filename)).name}, cannot be read.")
    style, script = _asset("report.css"), _script()
    return (
        _environment()
        .get_template("page.html")
        .render(
            version=__version__,
            style=Markup(style),
            style_hash=_hash(style),
            script=Markup(script),
            script_hash=_hash(script),
            data=payload(results, trend),
            warnings=warnings,
            scope=scope(results),
            targets=headlines(results),
            stages=stages(results.manifest),
            settings=settings_of(results.manifest),
            models=model_cards(results.manifest),
            trend=trend is not None,
            carried=about_words(results),
            proposed="proposer of words" in results.manifest.get("models", {}),
            tone=bool(results.tables["scores"]["tone"].notna().any()),
            without_words=without_words,
        )
    )


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("analysis.report", "."), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    # `tojson` escapes <, >, & and ', so that no text can close the block it stands in.
    made.policies["json.dumps_kwargs"] = {"separators": (",", ":"), "ensure_ascii": False, "allow_nan": False}
    return made


def _asset(name: str) -> str:
    return (resources.files("analysis.report") / name).read_text(encoding="utf-8")


def _script() -> str:
    return '(function () {\n"use strict";\n' + "\n".join(_asset(name) for name in SCRIPTS) + "})();\n"


def _hash(text: Any) -> str:
    """Return a text's hash as a Content-Security-Policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(str(text).encode()).digest()).decode()
