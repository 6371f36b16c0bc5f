"""What an answer depends on, as hashes: the package's own rules, settings, models. Equal hashes, equal answers."""

import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from analysis.attribution import AttributionTagger
from analysis.classifiers import Pair, StanceClassifier, is_embedded, load_classifier
from analysis.config import Stance

ROOM = Path(__file__).parent
# Libraries that decide where a sentence ends, what a token is and what a model computes.
DECIDING = ("sentencex", "tokenizers", "onnxruntime")
# Settings count by their values, so that a remark in the default configuration changes nothing.
BY_VALUE = ("config.yml",)
_IMPORTED = re.compile(r"^\s*(?:from analysis\.(\w+) import|import analysis\.(\w+))", re.MULTILINE)
_READ = re.compile(r"with_name\(\"([\w.-]+\.yml)\"\)")


def digest(*parts: Any) -> bytes:
    """Return the SHA-256 of plain values: text, numbers, None, lists and dictionaries of them."""
    return hashlib.sha256(json.dumps(parts, separators=(",", ":")).encode("ascii")).digest()


@cache
def rules(*rooms: str) -> str:
    """Return a hash of modules of this package, of all they import and of the word lists they read, and of the deciding libraries' versions.

    Parameters
    ----------
    *rooms : str
        Names of modules, without ``analysis.``.
    """
    waiting, seen = list(rooms), set()
    files = set()
    while waiting:
        room = waiting.pop()
        if room in seen:
            continue
        seen.add(room)
        path = ROOM / f"{room}.py"
        source = path.read_text(encoding="utf-8")
        files |= {path, *(ROOM / name for name in _READ.findall(source) if name not in BY_VALUE)}
        waiting += [name for found in _IMPORTED.findall(source) for name in found if name and (ROOM / f"{name}.py").is_file()]
    return _hashed(files)


@cache
def package() -> str:
    """Return a hash of everything in the package but the embedded models, and of the deciding libraries' versions."""
    kept = (p for p in ROOM.rglob("*") if p.is_file() and p.parent.name != "__pycache__" and not p.is_relative_to(ROOM / "models"))
    return _hashed(p for p in kept if p.name not in BY_VALUE)


def of_classifier(classifier: StanceClassifier) -> str:
    """Return what identifies a classifier: its ``identity`` where it has one, else name and revision; empty where it does not say."""
    known = getattr(classifier, "identity", "") or (f"{classifier.name} {classifier.revision}" if classifier.revision else "")
    return f"{type(classifier).__qualname__} {known}" if known else ""


def of_stance(stance: Stance) -> str:
    """Return what ``of_classifier`` would say of the classifier a configuration asks for; a Hugging Face model is not loaded for it."""
    if is_embedded(stance):
        return of_classifier(load_classifier(stance))
    from analysis.hub import HubClassifier, expected_identity

    known = expected_identity(stance.model, stance.revision, stance.kind)
    return f"{HubClassifier.__qualname__} {known}" if known else ""


def of_tagger(tagger: AttributionTagger) -> str:
    """Return what identifies a tagger; empty where it does not say."""
    known = getattr(tagger, "identity", "")
    return f"{type(tagger).__qualname__} {known}" if known else ""


def of_pairs(pairs: Sequence[Pair], classifier: str) -> list[bytes]:
    """Return a key for each pair: all that a classifier is given, and which classifier it is."""
    start = digest("pairs", classifier, rules("classifiers", "hub"))
    return [hashlib.sha256(start + digest(p.text, p.start, p.end, p.target, p.holder, p.context, p.in_context)).digest() for p in pairs]


def of_text(text: str, tagger: str) -> bytes:
    """Return the key of a text's attributions."""
    return digest("attributions", tagger, rules("attribution"), text)


def _hashed(files: Iterable[Path]) -> str:
    found = hashlib.sha256()
    for path in sorted(files):
        found.update(path.relative_to(ROOM).as_posix().encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    for name in DECIDING:
        try:
            found.update(f"{name} {version(name)}".encode())
        except PackageNotFoundError:
            continue
    return found.hexdigest()
