"""The command's part on hand labels: ``stance label sample``, ``stance label read``, ``stance label plan``."""

import argparse
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from analysis.agreement import confusion, disagreements, krippendorff_alpha
from analysis.groups import join
from analysis.labels import KEY, append_labels, current, read_labels, with_new_chance
from analysis.results import read_table
from analysis.sampling import draw_sample, plan_labels
from analysis.sheets import SheetError, read_cells, read_sheet, write_sheet
from analysis.storage import LABELS

FOLDER = "labelling"


def sample_labels(results: Path, n: int, by: list[str], seed: int, coders: list[str]) -> list[Path]:
    """Draw a sample from a results folder and write one sheet per coder.

    Parameters
    ----------
    results : Path
        Folder of ``stance run``.
    n, by, seed
        As in ``draw_sample``.
    coders : list of str
        Names; without any, one sheet without a name.

    Returns
    -------
    list of Path
        Sheets and codebook, in ``results/labelling``.

    Raises
    ------
    ValueError
        If a table is missing, or a sheet exists.
    """
    tables = {name: read_table(results, name) for name in ("scores", "statements", "mentions", "articles")}
    sample = draw_sample(**tables, n=n, by=by, seed=seed, labels=read_labels(results / LABELS))
    folder = results / FOLDER
    identity = sample["sample"].iloc[0]
    written = [
        write_sheet(sample, folder / "-".join(["sheet", identity, *([re.sub(r"\W+", "_", coder)] if coder else [])]), coder=coder)
        for coder in (coders or [""])
    ]
    sample.to_parquet(folder / f"sample-{identity}.parquet", index=False)
    return list(dict.fromkeys(file for files in written for file in files))


def read_labelled(results: Path, sheets: list[Path], coder: str, unfinished: bool) -> pd.DataFrame:
    """Check filled-in sheets and append their labels to ``results/labels.parquet``; all sheets or none.

    Returns
    -------
    pandas.DataFrame
        All labels.

    Raises
    ------
    SheetError
        If a sheet is wrong (see ``read_sheet``), or its sample is not in the results folder.
    """
    before, now = read_labels(results / LABELS), pd.Timestamp.now("UTC").tz_localize(None)
    found = []
    for path in sheets:
        sample = _sample_of(results, path)
        found.append(read_sheet(path, sample, coder=coder, unfinished=unfinished).assign(labelled_at=now))
        # A statement that an earlier, smaller sample drew too now has the chance of the larger one.
        found.append(with_new_chance(before, sample))
    return append_labels(results / LABELS, pd.concat([part for part in found if len(part)], ignore_index=True))


def add_label_commands(commands: Any) -> None:
    """Add ``label`` with its sub-commands to the argparse sub-parsers of the command; each sets ``func(args) -> int``."""
    parser = commands.add_parser(
        "label",
        help="label a random sample by hand, to correct the estimates",
        description="Draw statements by chance, have them labelled by people, store the labels. stance run and summarize(labels=...) then correct the estimates for "
        "the classifier's errors. Labels are only ever added: results/labels.parquet keeps who gave which and when.",
        epilog="Example: stance label sample results --n 200 --by target --coder Ana --coder Bo; fill in both sheets; stance label read results results/labelling/*.xlsx",
    )
    parts = parser.add_subparsers(dest="part", required=True, metavar="{sample,read,plan}")
    sample = parts.add_parser("sample", help="draw statements and write sheets for coders")
    sample.add_argument("results", type=Path, help="folder of stance run")
    sample.add_argument("--n", type=int, default=200, help="statements in the sample, those labelled earlier included (default 200)")
    sample.add_argument(
        "--by", action="append", default=[], metavar="COLUMN", help="equally many from each target, speaker, ...; may be repeated"
    )
    sample.add_argument("--seed", type=int, default=1, help="keep it to enlarge a sample (default 1)")
    sample.add_argument("--coder", action="append", default=[], metavar="NAME", help="one sheet for each name; may be repeated")
    sample.set_defaults(func=_guarded(_sample))
    read = parts.add_parser("read", help="check filled-in sheets and store their labels")
    read.add_argument("results", type=Path, help="folder of stance run")
    read.add_argument("sheets", type=Path, nargs="+", help="filled-in .csv or .xlsx")
    read.add_argument("--coder", default="", metavar="NAME", help="who filled it in, where the sheet does not say")
    read.add_argument("--unfinished", action="store_true", help="take over the labels although rows are empty")
    read.set_defaults(func=_guarded(_read))
    plan = parts.add_parser("plan", help="say how many labels an interval of a given width needs")
    plan.add_argument("results", type=Path, help="folder of stance run")
    plan.add_argument("--half-width", type=float, default=0.1, help="wanted: estimate plus or minus this (default 0.1)")
    plan.add_argument("--by", action="append", default=[], metavar="COLUMN", help="groups (default target); may be repeated")
    plan.set_defaults(func=_guarded(_plan))


def _sample(args: argparse.Namespace) -> int:
    files = sample_labels(args.results, args.n, args.by, args.seed, args.coder)
    print("\n".join(["Written:", *(f"  {file}" for file in files), "Fill in the column label (CODEBOOK.md says how), then:"]))
    print(f"  stance label read {args.results} {' '.join(str(file) for file in files if file.suffix == '.xlsx')}")
    return 0


def _read(args: argparse.Namespace) -> int:
    labels = read_labelled(args.results, args.sheets, args.coder, args.unfinished)
    last = current(labels)
    coders = ", ".join(f"{name} {count}" for name, count in last["coder"].value_counts().sort_index().items())
    print(f"{len(last)} labels on {len(last[KEY].drop_duplicates())} statements and targets ({coders}), in {args.results / LABELS}")
    if len(set(last["coder"])) > 1:
        both = int((last.groupby(KEY).size() > 1).sum())
        differ = disagreements(labels)
        print(
            f"Krippendorff's alpha (nominal): {krippendorff_alpha(labels):.2f} on {both} with two or more coders; they differ on {len(differ)}"
        )
    print(f"\n{confusion(labels, read_table(args.results, 'scores')).to_string()}")
    print("\nstance run and summarize(labels=...) use them from now on.")
    return 0


def _plan(args: argparse.Namespace) -> int:
    rows = join(*(read_table(args.results, name) for name in ("scores", "statements", "articles")))
    print(plan_labels(rows, read_labels(args.results / LABELS), args.half_width, args.by or ["target"]).round(3).to_string(index=False))
    return 0


def _guarded(command: Callable[[argparse.Namespace], int]) -> Callable[[argparse.Namespace], int]:
    """Turn what a user can mend into one clear message and exit code 1."""

    def run(args: argparse.Namespace) -> int:
        try:
            return command(args)
        except (ValueError, ModuleNotFoundError) as error:
            print(f"stance label {args.part}: {error}", file=sys.stderr)
            return 1

    return run


def _sample_of(results: Path, sheet: Path) -> pd.DataFrame:
    """Return the sample a sheet was made from, by the id in its name or its column ``sample``."""
    samples = sorted((results / FOLDER).glob("sample-*.parquet"))
    named = [path for path in samples if path.stem.removeprefix("sample-") in sheet.name]
    if not named and sheet.exists():
        table = read_cells(sheet)
        ids = set(table["sample"]) if "sample" in table.columns else set()
        named = [path for path in samples if path.stem.removeprefix("sample-") in ids]
    if len(named) != 1:
        raise SheetError(
            f"{sheet}: its sample is not in {results / FOLDER}; there are {', '.join(path.stem for path in samples) or 'none'}"
        )
    return pd.read_parquet(named[0])
