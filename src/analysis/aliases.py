"""One name for the many spellings of a person or a body, across articles."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from analysis.config import ConfigError

DEFAULT = Path(__file__).with_name("aliases.yml")
GROUPS = ("people", "bodies", "offices")


@dataclass(frozen=True)
class Aliases:
    """Spellings, folded by :func:`fold_name`, each with the name that stands for it in every table.

    ``offices`` tells the offices of well-known persons by joined name. They only help to see whom "the Russian president" means in
    an article that names the person without the office; they are never shown.
    """

    people: Mapping[str, str]
    bodies: Mapping[str, str]
    offices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def person(self, name: str) -> str:
        """Return the joined name of a person, or the name itself where no spelling is listed."""
        return self.people.get(fold_name(name), name)

    def body(self, name: str) -> str:
        """Return the joined name of a body, or the name itself where no spelling is listed."""
        return self.bodies.get(fold_name(name), name)

    def any(self, name: str) -> str:
        """Return the joined name of a person or a body, or the name itself."""
        folded = fold_name(name)
        return self.people.get(folded) or self.bodies.get(folded) or name


@lru_cache(maxsize=65536)
def fold_name(name: str) -> str:
    """Return letters and digits in lower case, without accents, leading article, possessive and full stops."""
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(c for c in plain if not unicodedata.combining(c)).lower().replace(".", "")
    plain = re.sub(r"[’']s?(?=\W|$)", "", plain)
    return re.sub(r"^the ", "", re.sub(r"[\W_]+", " ", plain).strip())


def load_aliases(path: str | Path | None = None) -> Aliases:
    """Read the table of spellings.

    Parameters
    ----------
    path : str or Path, optional
        YAML file with the keys ``people`` and ``bodies``, each a name with the list of its other spellings, and ``offices``, a person
        with a list of offices. It replaces the table shipped with the package; without it that table is returned.

    Returns
    -------
    Aliases

    Raises
    ------
    ConfigError
        If the file cannot be read, is not YAML, has an unknown key, a name without a list, or one spelling under two names;
        the message says which.
    """
    return _load(Path(path) if path is not None else DEFAULT)


def _load(path: Path) -> Aliases:
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid YAML: {' '.join(str(error).split())}") from error
    if not isinstance(given, dict):
        raise ConfigError(f"{path}: expected the keys {', '.join(GROUPS)}, found {type(given).__name__}")
    for key in given:
        if key not in GROUPS:
            raise ConfigError(f"{path}: unknown key {key!r}; valid keys are {', '.join(GROUPS)}")
    tables = [_joined(given.get(group) or {}, f"{path}: {group}") for group in GROUPS[:2]]
    both = sorted(set(tables[0]) & set(tables[1]))
    if both:
        raise ConfigError(f"{path}: {both[0]!r} stands under people and under bodies; keep one")
    offices = given.get("offices") or {}
    _joined({name: [] for name in offices} if isinstance(offices, dict) else offices, f"{path}: offices")
    for name, listed in offices.items():
        if not isinstance(listed, list) or not all(isinstance(office, str) for office in listed):
            raise ConfigError(f"{path}: offices: {name}: expected a list of offices, found {listed!r}")
    return Aliases(tables[0], tables[1], {tables[0].get(fold_name(name), name): tuple(listed) for name, listed in offices.items()})


def _joined(group: Any, where: str) -> dict[str, str]:
    if not isinstance(group, dict):
        raise ConfigError(f"{where}: expected names, each with a list of spellings, found {group!r}")
    joined: dict[str, str] = {}
    for name, spellings in group.items():
        if not isinstance(name, str):
            raise ConfigError(f"{where}: {name!r} is not text; put it in quotation marks")
        if not isinstance(spellings, list | None) or not all(isinstance(s, str) for s in spellings or []):
            raise ConfigError(f"{where}: {name}: expected a list of spellings, found {spellings!r}")
        for spelling in [name, *(spellings or [])]:
            folded = fold_name(spelling)
            if not folded:
                raise ConfigError(f"{where}: {name}: the spelling {spelling!r} has no letter")
            if joined.setdefault(folded, name) != name:
                raise ConfigError(f"{where}: {spelling!r} stands under {joined[folded]} and under {name}; keep one")
    return joined
