"""The command ``stance``: the only place that parses arguments, prints and exits."""

import argparse
import errno
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from analysis import __version__
from analysis.cli_cache import FOLDER, add_cache_commands
from analysis.cli_evaluate import add_evaluate_command
from analysis.cli_report import add_report_command

DONE, BAD_INPUT = 0, 1
# Modules are imported inside the commands: `stance --help` must not wait for pandas.


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code: 0 done, 1 bad input, 2 usage.

    Parameters
    ----------
    argv : sequence of str, optional
        Arguments; those of the process without it.
    """
    args = parser(argv).parse_args(argv)
    try:
        return int(args.func(args))
    except (ValueError, OSError) as error:
        # Every error a user can mend is a ValueError with a sentence that says how, or the system's word about a file.
        full = isinstance(error, OSError) and error.errno == errno.ENOSPC
        advice = "; free some space and run again: what was computed is kept" if full else ""
        print(f"stance {args.command}: {error}{advice}", file=sys.stderr)
        return BAD_INPUT
    except KeyboardInterrupt:
        print(f"stance {args.command}: stopped", file=sys.stderr)
        return 130


def parser(argv: Sequence[str] | None = None) -> argparse.ArgumentParser:
    """Return the argument parser."""
    top = argparse.ArgumentParser(
        prog="stance",
        description="Who says what about the US, NATO and Ukraine, and whether it is for, against or neutral.",
        epilog="Start with: stance run data/raw",
    )
    top.add_argument("--version", action="version", version=f"stance-analysis {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_run(commands)
    add_report_command(commands)
    _add_config(commands)
    add_cache_commands(commands)
    _add_predict(commands)
    _add_attribute(commands)
    add_evaluate_command(commands)
    if (list(argv) if argv is not None else sys.argv[1:])[:1] == ["label"]:
        from analysis.cli_labels import add_label_commands

        add_label_commands(commands)
    else:
        commands.add_parser("label", help="label a random sample by hand, to correct the estimates")
    return top


def _add_run(commands: Any) -> None:
    p = commands.add_parser(
        "run",
        help="articles in, tables, charts and a report out",
        description="Read articles, extract statements and speakers, find the targets, score stance, summarize, draw, write report.html.",
        epilog="Reads .txt, .md, .html, .csv, .jsonl, .parquet; folders are searched. Example: stance run data/raw --out results",
    )
    p.add_argument("paths", nargs="+", metavar="PATH", help="file or folder with articles, also s3://... or gs://...")
    p.add_argument("--config", metavar="FILE", help="your own configuration (stance config prints the default one)")
    p.add_argument(
        "--out", default="results", metavar="DIR", help="folder for tables, charts, report.html and manifest.json (default: results)"
    )
    p.add_argument("--overwrite", action="store_true", help="write to DIR although it holds results of another configuration")
    p.add_argument("--model", metavar="NAME", help="stance model: default, fast or a folder; instead of the configuration's")
    store = p.add_mutually_exclusive_group()
    store.add_argument("--cache", metavar="DIR", help="folder of what earlier runs computed (default: .stance-cache beside the results)")
    store.add_argument("--no-cache", action="store_true", help="compute everything anew, keep nothing for the next run")
    p.add_argument(
        "--engine", choices=["local", "ray"], default="local", help="where new articles are worked on (default: local, this machine)"
    )
    p.add_argument(
        "--ray", action="append", default=[], metavar="NAME=VALUE",
        help="with --engine ray: address of the cluster, workers (4 or 2-20), cpus and gpus of each, or another setting of Ray's actors; may be repeated",
    )  # fmt: skip
    p.add_argument("--quiet", action="store_true", help="print nothing but warnings and errors")
    p.set_defaults(func=_run)


def _add_config(commands: Any) -> None:
    p = commands.add_parser(
        "config",
        help="print the default configuration, to edit",
        description="Print the default configuration: targets and the words that name them, models, groups of the summary. "
        "Save it, edit it, and give it to stance run; what your file leaves out keeps its default.",
        epilog="Example: stance config > config.yml; stance run data/raw --config config.yml",
    )
    p.set_defaults(func=_config)


def _add_predict(commands: Any) -> None:
    p = commands.add_parser(
        "predict",
        help="score ready-made pairs of statement and target",
        description="Score JSON lines with id, text, target, start, end (text[start:end] is the mention) and optionally holder, context; "
        "adds p_against, p_neutral, p_favor, label to each.",
    )
    _add_file_in_out(p)
    p.add_argument("--model", default="default", help="default, fast, a folder, or a Hugging Face name (then with --revision)")
    p.add_argument("--revision", help="full commit hash of a Hugging Face model")
    p.add_argument("--kind", choices=["nli", "target"], default="nli", help="sort of Hugging Face model (default: nli)")
    p.set_defaults(func=_predict)


def _add_attribute(commands: Any) -> None:
    p = commands.add_parser(
        "attribute",
        help="find who says what in ready-made texts",
        description="Read JSON lines with id and text; adds attributions: a list of source, cue and content (each a list of [start, end) pieces), "
        "speaker, speaker_role, kind.",
    )
    _add_file_in_out(p)
    p.add_argument("--model", default="default", choices=["default", "fast"], help="attribution model (default: default)")
    p.set_defaults(func=_attribute)


def _add_file_in_out(p: argparse.ArgumentParser) -> None:
    p.add_argument("file", type=Path, metavar="FILE.jsonl", help="rows to read")
    p.add_argument("--out", type=Path, required=True, metavar="PRED.jsonl", help="file to write; replaced if it is there")


def _run(args: argparse.Namespace) -> int:
    from dataclasses import replace

    from rich.console import Console

    from analysis.config import load_config
    from analysis.console import print_results, print_store
    from analysis.pipeline import run
    from analysis.progress import TerminalReporter
    from analysis.storage import REPORT

    said, shown = Console(stderr=True, quiet=args.quiet), Console(quiet=args.quiet)
    if not shown.is_terminal:
        shown.width = 120
    config = load_config(args.config)
    if args.model:
        config = replace(config, stance=replace(config.stance, model=args.model))
    if args.ray and args.engine != "ray":
        raise ValueError("--ray is only for --engine ray")
    engine = None
    if args.engine == "ray":
        from analysis.cluster_settings import ray_engine

        engine = ray_engine(args.ray)
    beside = Path() if "://" in args.out else Path(args.out).parent
    cache = None if args.no_cache else args.cache or beside / FOLDER
    reporter = TerminalReporter(said)
    try:
        results = run(args.paths, config, args.out, overwrite=args.overwrite, reporter=reporter, cache=cache, engine=engine)
    finally:
        reporter.close()
    print_store(results, said)
    for warning in results.manifest["store"]["warnings"]:
        print(f"store: {warning}", file=sys.stderr)
    for kind in ("skipped", "warnings"):
        for entry in results.manifest[kind]:
            print(f"{'skipped' if kind == 'skipped' else 'warning'}: {entry['path']}: {entry['reason']}", file=sys.stderr)
    print_results(results, shown)
    report = "report.html and " if REPORT in results.manifest.get("outputs", [REPORT]) else ""
    shown.print(f"Tables, charts, {report}manifest.json are in {args.out}", highlight=False)
    return DONE


def _config(args: argparse.Namespace) -> int:
    from analysis.config import DEFAULT

    print(DEFAULT.read_text(encoding="utf-8"), end="")
    return DONE


def _predict(args: argparse.Namespace) -> int:
    from analysis.classifiers import load_classifier
    from analysis.config import Stance
    from analysis.rows import predict_rows, read_rows, write_rows

    rows = read_rows(args.file, ("id", "text", "target", "start", "end"))
    classifier = load_classifier(Stance(args.model, args.revision, args.kind))
    write_rows(args.out, predict_rows(rows, classifier, args.file))
    print(f"{len(rows)} rows read, {len(rows)} written to {args.out}", file=sys.stderr)
    return DONE


def _attribute(args: argparse.Namespace) -> int:
    from analysis.attribution import load_tagger
    from analysis.rows import attribute_rows, read_rows, write_rows

    rows = read_rows(args.file, ("id", "text"))
    write_rows(args.out, attribute_rows(rows, load_tagger(args.model)))
    print(f"{len(rows)} rows read, {len(rows)} written to {args.out}", file=sys.stderr)
    return DONE


if __name__ == "__main__":
    sys.exit(main())
