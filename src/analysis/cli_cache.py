"""The command ``stance cache``: what earlier runs left in the store, and removing it."""

import argparse
from pathlib import Path
from typing import Any

FOLDER = ".stance-cache"


def add_cache_commands(commands: Any) -> None:
    """Add ``stance cache info`` and ``stance cache clear``."""
    p = commands.add_parser(
        "cache",
        help="what earlier runs computed and kept: look at it, remove it",
        description="stance run keeps what it computed for each text, statement and article, so that the next run computes only what is new. "
        "Answers belong to the models, settings and rules that gave them: others never use them.",
        epilog="Example: stance cache info; stance cache clear",
    )
    actions = p.add_subparsers(dest="action", required=True, metavar="ACTION")
    for name, func, words in (
        ("info", _info, "say what is kept, for which models, and how large it is"),
        ("clear", _clear, "remove all of it"),
    ):
        action = actions.add_parser(name, help=words, description=f"{words[0].upper()}{words[1:]}.")
        action.add_argument("--cache", type=Path, default=Path(FOLDER), metavar="DIR", help=f"folder of the store (default: {FOLDER})")
        action.set_defaults(func=func)


def _info(args: argparse.Namespace) -> int:
    from analysis.store import Store, stored_files

    files = stored_files(args.cache)
    if not files:
        print(f"{args.cache}: nothing is kept")
        return 0
    with Store(args.cache) as store:
        _print(store.describe())
    print(f"{args.cache}: {_size(sum(path.stat().st_size for path in files))} in {len(files)} files")
    return 0


def _clear(args: argparse.Namespace) -> int:
    from analysis.store import remove, stored_files

    if not stored_files(args.cache):
        print(f"{args.cache}: nothing is kept")
        return 0
    held, freed = remove(args.cache)
    _print(held)
    print(f"{args.cache}: removed, {_size(freed)} freed")
    return 0


def _print(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        print(f"{row['kind']:<14}{row['answers']:>12,}{_size(row['bytes']):>12}  {row['owner']}")


def _size(n: int) -> str:
    return f"{n / 1e6:,.1f} MB" if n >= 1e5 else f"{n / 1e3:,.1f} kB"
