"""``stance report``: results as one HTML file."""

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from analysis.results import Results


def add_report_command(commands: Any) -> None:
    """Add ``report`` to the commands."""
    p = commands.add_parser(
        "report",
        help="results as one HTML file to read, share and print",
        description="Write the results of stance run as one HTML file that opens without a network: figures with intervals, charts and a table of speakers and "
        "targets, each a way to the statements behind it; methods, warnings, tables as CSV. stance run writes it too; this makes it anew, for example after "
        "hand labels were added and stance run has corrected the estimates, or with the words that carried the stance marked in more statements.",
        epilog="Example: stance report results --words 200 --out talks.html",
    )
    p.add_argument("results", type=Path, metavar="DIR", help="folder that stance run wrote")
    p.add_argument("--out", type=Path, metavar="FILE", help="file to write; replaced if it is there (default: DIR/report.html)")
    p.add_argument(
        "--words", type=_number, metavar="N",
        help="mark the words that carried the stance in the N most decided statements: a number, 0 for none, or all (default: as the run was configured). "
        "With the default model each costs about nine scores, with others two a word; what is known already is not asked again",
    )  # fmt: skip
    p.set_defaults(func=_report)


def _number(text: str) -> int | str:
    """Read the value of ``--words``."""
    if text == "all":
        return text
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is neither a number from 0 on nor all")
    return int(text)


def _report(args: argparse.Namespace) -> int:
    from analysis.config import load_config
    from analysis.rationales import keep_words
    from analysis.report import REPORT, write_report
    from analysis.results import read_results
    from analysis.unchanged import made_anew

    results = read_results(args.results)
    configured = results.manifest["config"].get("report", {"words": load_config().report.words})["words"]
    n = configured if args.words is None else None if args.words == "all" else args.words
    results, why = _explained(results, n, args.results)
    print(write_report(keep_words(results, n), args.out or args.results / REPORT, why))
    if not args.out:
        made_anew(args.results, {REPORT})
    return 0


def _explained(results: "Results", n: int | None, folder: Path) -> "tuple[Results, str]":
    """Return the results with the words asked for, kept in the folder for the next time; else as they were, and why."""
    from rich.console import Console

    from analysis.classifiers import load_classifier
    from analysis.config import Stance
    from analysis.inference import ModelError
    from analysis.progress import TerminalReporter
    from analysis.rationales import OtherModelError, explain_more, proposer_for, require_same_model, unexplained
    from analysis.storage import write_results
    from analysis.unchanged import made_anew

    missing = unexplained(results, n)
    if missing.empty:
        return results, ""
    try:
        classifier = load_classifier(Stance(**results.manifest["config"]["stance"]))
        require_same_model(results, classifier)
    except ModelError as error:
        print(f"stance report: words that carried the stance were not looked for: {error}", file=sys.stderr)
        # The report may travel: it names no folder of this machine, as a model's error may.
        why = str(error) if isinstance(error, OtherModelError) else "the model that made the scores could not be loaded"
        return results, f"not looked for in {'all' if len(results.tables['words']) else 'any'} of the statements asked for, because {why}."
    reporter, began = TerminalReporter(Console(stderr=True)), time.perf_counter()
    told = reporter.start("weigh words", len(missing))
    found = explain_more(results, missing, classifier, told, proposer_for(classifier))
    reporter.finish("weigh words", {"explained": len(missing)}, time.perf_counter() - began)
    write_results({"words": found.tables["words"]}, folder)
    made_anew(folder, {"words.parquet", "words.csv"})
    return found, ""
