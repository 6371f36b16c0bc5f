"""Whether a finished run still stands: the same input, settings, models and rules, and every file as it was written."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from analysis import identity
from analysis.config import Config
from analysis.elsewhere import is_elsewhere, version_of
from analysis.inputs import Journal, find_files, listed, shown_path
from analysis.results import Results, open_results
from analysis.storage import CHARTS, ENDINGS, LABELS, MANIFEST, REPORT, TABLE_NAMES, ResultsError, plain, write_whole


def fingerprint(paths: str | Path | Sequence[str | Path], config: Config, models: Sequence[str], folder: Path) -> str:
    """Return a hash of all that the files of a run are made of.

    Parameters
    ----------
    paths : str, Path or sequence of them
        The articles.
    config : Config
        All settings.
    models : sequence of str
        What identifies the tagger, the classifier, and who proposes the words to explain it by.
    folder : Path
        The results folder: hand labels there count too.

    Raises
    ------
    InputError
        If a path does not exist.
    """
    files = find_files(listed(paths), Journal())
    inputs = [[shown_path(path), version_of(path) if is_elsewhere(path) else hash_of(path)] for path in files]
    events = config.summary.events
    beside = [hash_of(folder / LABELS), hash_of(Path(events)) if events else ""]
    return identity.digest(identity.package(), plain(config), list(models), inputs, beside).hex()


def standing(folder: Path, expected: str) -> Results | None:
    """Return the results in a folder if they are those of this fingerprint and none of their files has changed since; else None."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        outputs = dict(manifest["outputs"])
        if manifest["fingerprint"] != expected or outputs != hashes(folder, set(outputs) | _drawn(folder)):
            return None
        found = open_results(folder)
        done = {"articles": manifest["stages"]["read articles"]["articles"], "pairs": manifest["stages"]["score stance"]["scores"]}
        found.manifest["store"] |= {"other model": "", **{kind: {"from the store": n, "computed": 0} for kind, n in done.items()}}
        return found
    except (OSError, ValueError, KeyError, TypeError, ResultsError):
        return None


def hashes(folder: Path, names: set[str] | None = None) -> dict[str, str]:
    """Return the hash of each of the named files of a results folder; without names of all that a run writes."""
    if names is None:
        names = {f"{name}.{ending}" for name in TABLE_NAMES for ending in ("parquet", "csv")} | _drawn(folder)
        names |= {REPORT} if (folder / REPORT).exists() else set()
    return {name: hash_of(folder / name) for name in sorted(names)}


def made_anew(folder: Path, names: set[str]) -> None:
    """Say in the manifest of a finished run that some of its files were made anew from its tables: the run still stands."""
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    if "outputs" in manifest:
        manifest["outputs"] |= {name: found for name, found in hashes(folder, names).items() if (folder / name).exists()}
        text = json.dumps(manifest, indent=2, ensure_ascii=False) + "\n"
        write_whole(folder / MANIFEST, lambda path: path.write_text(text, encoding="utf-8"))


def hash_of(path: Path) -> str:
    """Return the SHA-256 of a file, for a folder that of its files' names and hashes, or the system's word if it cannot be read."""
    try:
        if path.is_dir():
            return hashlib.sha256(repr([(part.name, hash_of(part)) for part in sorted(path.iterdir())]).encode()).hexdigest()
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return f"cannot be read: {error.strerror}"


def _drawn(folder: Path) -> set[str]:
    return {f"charts/{name}{ending}" for name in CHARTS for ending in ENDINGS if (folder / "charts" / f"{name}{ending}").exists()}
