"""One YAML file becomes one frozen object; unknown keys are errors."""

import dataclasses
import types
import typing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

PERIODS = ("day", "week", "month", "quarter", "year")
DEFAULT = Path(__file__).with_name("config.yml")


class ConfigError(ValueError):
    """A configuration that cannot be used; the message says where and what to do."""


@dataclass(frozen=True)
class Target:
    """Whom statements can be about, and the words that name it."""

    name: str
    names: tuple[str, ...] = ()
    metonyms: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    ambiguous: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()
    stands_for: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """How files become articles."""

    columns: dict[str, str]
    near_duplicate: float


@dataclass(frozen=True)
class Statements:
    """How articles become statements."""

    tagger: str
    context: int


@dataclass(frozen=True)
class Stance:
    """Which classifier scores."""

    model: str
    revision: str | None
    kind: str


@dataclass(frozen=True)
class Summary:
    """Which estimates are made, and how."""

    by: tuple[tuple[str, ...], ...]
    min_articles: int
    level: float
    resamples: int
    seed: int
    period: str | None
    events: str | None


@dataclass(frozen=True)
class Report:
    """What the report takes time for."""

    words: int | None


@dataclass(frozen=True)
class Config:
    """Everything a run depends on besides its input."""

    targets: tuple[Target, ...]
    indirect: bool
    from_context: bool
    reading: Reading
    statements: Statements
    stance: Stance
    summary: Summary
    report: Report

    def as_dict(self) -> dict[str, Any]:
        """Return plain dictionaries, tuples and scalars."""
        return dataclasses.asdict(self)


def load_config(path: str | Path | None = None) -> Config:
    """Read a configuration; what it leaves out keeps its default.

    Parameters
    ----------
    path : str or Path, optional
        YAML file. Without it the defaults are returned.

    Returns
    -------
    Config

    Raises
    ------
    ConfigError
        If the file cannot be read, is not YAML, has an unknown key, a value of the wrong type, or a target without names.
    """
    default = yaml.safe_load(DEFAULT.read_text(encoding="utf-8"))
    if path is None:
        return _build(default, "default configuration")
    try:
        given = yaml.safe_load(Path(path).read_text(encoding="utf-8")) or {}
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid YAML: {' '.join(str(error).split())}") from error
    if not isinstance(given, dict):
        raise ConfigError(f"{path}: expected keys such as targets and stance, found {type(given).__name__}")
    merged = {**default}
    for key, value in given.items():
        # Targets are taken as a whole: someone who lists theirs does not want ours beside them.
        # A heading whose lines are all commented out is null and leaves everything at its default.
        section = key in ("reading", "statements", "stance", "summary", "report") and isinstance(value, dict | None)
        merged[key] = {**default[key], **(value or {})} if section else value
    return _build(merged, str(path))


def _build(raw: dict[str, Any], where: str) -> Config:
    targets = raw.get("targets")
    if not isinstance(targets, dict) or not targets:
        raise ConfigError(f"{where}: targets: expected at least one target with names")
    listed = tuple(
        _make(Target, {"name": str(name), **_mapping(body, f"{where}: targets.{name}")}, f"{where}: targets.{name}")
        for name, body in targets.items()
    )
    known = [t.name for t in listed]
    for target in listed:
        if not target.names and not target.metonyms and not target.ambiguous:
            raise ConfigError(f"{where}: targets.{target.name}: no names; list at least one under names")
        for field in ("names", "metonyms", "exclude", "ambiguous", "rivals"):
            if not all(alias.strip() for alias in getattr(target, field)):
                raise ConfigError(f"{where}: targets.{target.name}.{field}: a blank entry; remove it")
        for other in target.stands_for:
            if other not in known:
                raise ConfigError(
                    f"{where}: targets.{target.name}.stands_for: unknown target {other!r}; the targets are {', '.join(known)}"
                )
    rooms = {"reading": Reading, "statements": Statements, "stance": Stance, "summary": Summary, "report": Report}
    made = {key: _make(cls, _mapping(raw.get(key), f"{where}: {key}"), f"{where}: {key}") for key, cls in rooms.items()}
    config: Config = _make(Config, {**raw, "targets": listed, **made}, where)
    _check_ranges(config, where)
    return config


def _check_ranges(config: Config, where: str) -> None:
    rules = [
        ("reading.near_duplicate", config.reading.near_duplicate, 0 < config.reading.near_duplicate <= 1, "above 0, at most 1"),
        ("statements.context", config.statements.context, config.statements.context >= 0, "0 or more"),
        ("stance.kind", config.stance.kind, config.stance.kind in ("nli", "target"), "nli or target"),
        ("summary.level", config.summary.level, 0 < config.summary.level < 1, "between 0 and 1"),
        ("summary.min_articles", config.summary.min_articles, config.summary.min_articles >= 1, "1 or more"),
        ("summary.period", config.summary.period, config.summary.period in (None, *PERIODS), f"null or one of {', '.join(PERIODS)}"),
        ("summary.resamples", config.summary.resamples, config.summary.resamples >= 100, "100 or more"),
        ("report.words", config.report.words, config.report.words is None or config.report.words >= 0, "0 or more, or null for all"),
    ]
    for name, value, holds, wanted in rules:
        if not holds:
            raise ConfigError(f"{where}: {name} is {value!r}; it must be {wanted}")


def _mapping(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ConfigError(f"{where}: expected keys and values, found {value!r}")
    return {str(k): v for k, v in value.items()}


def _make(cls: Any, raw: dict[str, Any], where: str) -> Any:
    """Make a dataclass of a dictionary; name the unknown key, the missing key or the value of the wrong type."""
    hints = typing.get_type_hints(cls)
    for key in raw:
        if key not in hints:
            raise ConfigError(f"{where}: unknown key {key!r}; valid keys are {', '.join(hints)}")
    for key, hint in hints.items():
        if key in raw:
            raw[key] = _cast(raw[key], hint, f"{where}: {key}")
    return cls(**raw)


def _cast(value: Any, hint: Any, where: str) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple:
        if not isinstance(value, list | tuple):
            raise ConfigError(f"{where}: expected a list, found {value!r}")
        return tuple(_cast(item, arguments[0], where) for item in value)
    if origin is types.UnionType:
        return None if value is None else _cast(value, arguments[0], where)
    if origin is dict:
        return {str(k): str(v) for k, v in _mapping(value, where).items()}
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        wanted = {str: "text (put it in quotes)", int: "a whole number", float: "a number", bool: "true or false"}.get(hint, str(hint))
        raise ConfigError(f"{where}: expected {wanted}, found {value!r}")
    return value
