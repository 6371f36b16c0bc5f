"""Which files a run reads, and the journal of what happened to them."""

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.elsewhere import as_path, is_elsewhere


class InputError(ValueError):
    """Nothing can be read, or a path that was named does not exist; the message says which and why."""


@dataclass
class Journal:
    """What happened besides reading: attrs of the table."""

    skipped: list[dict[str, str]] = field(default_factory=list)
    warnings: list[dict[str, str]] = field(default_factory=list)
    inputs: list[dict[str, Any]] = field(default_factory=list)


def listed(paths: Any) -> list[str | Path]:
    """Return one path, of this machine or elsewhere, or a sequence of them, as a list."""
    return [paths] if isinstance(paths, str | Path) or hasattr(paths, "fs") else list(paths)


def find_files(paths: Iterable[str | Path], journal: Journal) -> list[Path]:
    """Return every file the paths name or contain, once, in the order of their paths; raise InputError for a path that is not there."""
    found: dict[Path, Path] = {}
    for path in map(as_path, paths):
        if not path.exists():
            raise InputError(f"{path}: no such file or folder")
        below = _below_elsewhere if is_elsewhere(path) else _below
        inside = below(path, journal) if path.is_dir() else [path]
        found.update({file if is_elsewhere(file) else file.resolve(): file for file in reversed(inside)})
    return sorted(found.values(), key=shown_path)


def _below(folder: Path, journal: Journal) -> list[Path]:
    found: list[Path] = []

    def unreadable(error: OSError) -> None:
        journal.skipped.append({"path": shown_path(Path(error.filename)), "reason": f"folder cannot be read: {error.strerror}"})

    for here, folders, files in os.walk(folder, onerror=unreadable):
        for name in list(folders):
            # A link to a folder may lead back up and never end.
            linked = Path(here, name).is_symlink()
            if linked or name.startswith("."):
                reason = "link to a folder; name the folder itself" if linked else "hidden folder"
                journal.skipped.append({"path": shown_path(Path(here, name)), "reason": reason})
                folders.remove(name)
        found += [Path(here, name) for name in files]
    if not found:
        journal.skipped.append({"path": shown_path(folder), "reason": "no files in this folder"})
    return found


def _below_elsewhere(folder: Path, journal: Journal) -> list[Path]:
    found = []
    hidden: set[str] = set()
    depth = len(folder.parts)
    for path in folder.rglob("*"):
        inside = path.parts[depth:-1]
        at = next((i for i, name in enumerate(inside) if name.startswith(".")), None)
        if at is not None:
            hidden.add(str(folder.joinpath(*inside[: at + 1])))
        elif path.is_file():
            found.append(path)
    journal.skipped += [{"path": path, "reason": "hidden folder"} for path in sorted(hidden)]
    if not found:
        journal.skipped.append({"path": shown_path(folder), "reason": "no files in this folder"})
    return found


def shown_path(path: Path) -> str:
    """Write a path from the current folder where it lies below it, so that results name no machine."""
    if is_elsewhere(path):
        return str(path)
    absolute = Path(os.path.abspath(path))  # noqa: PTH100 - a symbolic link keeps its own name
    here = Path.cwd()
    return (absolute.relative_to(here) if absolute.is_relative_to(here) else absolute).as_posix()
