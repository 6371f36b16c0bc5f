"""The command's part on accuracy: ``stance evaluate``."""

import argparse
from pathlib import Path
from typing import Any


def add_evaluate_command(commands: Any) -> None:
    """Add ``evaluate`` to the command's parser."""
    p = commands.add_parser(
        "evaluate",
        help="measure accuracy on labelled statements, beside baselines",
        description="Print macro-F1 with a bootstrap interval, F1 of each class and calibration error of our model and of baselines on JSON lines "
        "with id, text, target, start, end, and stance or label.",
    )
    p.add_argument("what", choices=["stance"], help="what to evaluate")
    p.add_argument("file", type=Path, metavar="FILE.jsonl", help="labelled statements")
    p.add_argument("--train", type=Path, metavar="FILE.jsonl", help="labelled statements the TF-IDF baseline is trained on")
    p.add_argument(
        "--model", action="append", default=[], metavar="NAME",
        help="default, fast, a folder, or a Hugging Face name as NAME@REVISION; may be repeated (default: the embedded models)",
    )  # fmt: skip
    p.add_argument("--kind", choices=["nli", "target"], default="nli", help="sort of Hugging Face model (default: nli)")
    p.add_argument(
        "--out", type=Path, default=Path("evaluation"), metavar="DIR", help="folder for the tables and figures (default: evaluation)"
    )
    p.set_defaults(func=_evaluate)


def _evaluate(args: argparse.Namespace) -> int:
    from rich.console import Console

    from analysis.classifiers import shipped
    from analysis.config import Stance
    from analysis.console import print_evaluation
    from analysis.evaluate import evaluate_stance
    from analysis.evaluation_charts import write_evaluation

    wanted = []
    for given in args.model or shipped():
        name, _, revision = given.partition("@") if not Path(given).exists() else (given, "", "")
        wanted.append(Stance(name, revision or None, args.kind))
    evaluation = evaluate_stance(args.file, wanted, args.train)
    shown = Console()
    if not shown.is_terminal:
        shown.width = 140
    print_evaluation(evaluation, shown)
    if not args.train:
        shown.print(
            "TF-IDF + logistic regression is left out: it learns from labelled statements, named with --train FILE.jsonl", highlight=False
        )
    written = write_evaluation(evaluation, args.out)
    shown.print(f"{written} tables and figures are in {args.out}", highlight=False)
    return 0
