"""Which statement speaks of which target, and by which words."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.config import Config, Target, load_config
from analysis.tables import check, empty, typed

LETTERS_ONLY = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Mention:
    """Words in a text that name a target: half-open offsets, and whether by name or by metonym."""

    surface: str
    start: int
    end: int
    via: str


def find_targets(statements: pd.DataFrame, targets: Config | Sequence[Target] | None = None, indirect: bool | None = None) -> pd.DataFrame:
    """Find the targets each statement speaks of.

    A word counts when it stands whole. Phrases a target excludes (Washington Post, West Bank) are read first, so their words do not count.

    Parameters
    ----------
    statements : pandas.DataFrame
        Table ``statements``; the columns statement_id, start, text, scope_spans and context are used.
    targets : Config or sequence of Target, optional
        Whom to look for; the default configuration's targets without it.
    indirect : bool, optional
        Also return, marked ``via: indirect``, the targets that a found target stands for (West for US and NATO) where the statement does not name
        them itself. Taken from the configuration without it; False for a plain sequence of targets.

    Returns
    -------
    pandas.DataFrame
        Table ``mentions``: one row per statement and target, the first mention by name before the first by metonym.

    Raises
    ------
    ValueError
        If columns are missing.
    """
    check(statements, "statements")
    config = load_config() if targets is None else targets
    if isinstance(config, Config):
        indirect = config.indirect if indirect is None else indirect
        config = config.targets
    finders = [(target, finder(target)) for target in config]
    rows = []
    columns = [statements[c] for c in ("statement_id", "start", "text", "scope_spans")] + [statements["context"].fillna("")]
    for statement_id, offset, text, scope, context in zip(*columns, strict=True):
        found = {}
        for target, find in finders:
            mentions = [m for m in find(text, context) if any(a - offset <= m.start and m.end <= b - offset for a, b in scope)]
            if mentions:
                found[target.name] = min(mentions, key=lambda m: (m.via != "name", m.start))
        if indirect:
            for target, _ in finders:
                for other in target.stands_for if target.name in found else ():
                    m = found[target.name]
                    found.setdefault(other, Mention(m.surface, m.start, m.end, "indirect"))
        rows += [(statement_id, name, m.surface, m.start, m.end, m.via) for name, m in found.items()]
    columns_out = list(empty("mentions").columns)
    return check(typed(pd.DataFrame(rows, columns=columns_out), "mentions"), "mentions")


def finder(target: Target) -> Callable[[str, str], list[Mention]]:
    """Return a function from a text and what stands before it to the mentions of a target in the text, in order.

    Parameters
    ----------
    target : Target
        Names, metonyms, excluded phrases, ambiguous words and rivals.

    Returns
    -------
    callable
        ``find(text, context) -> list of Mention``.
    """
    kind = {alias: "exclude" for alias in target.exclude}
    for via, aliases in (("metonym", target.ambiguous), ("metonym", target.metonyms), ("name", target.names)):
        kind.update(dict.fromkeys(aliases, via))
    kinds, parts = [], []
    for alias in sorted(kind, key=len, reverse=True):
        kinds.append((kind[alias], alias in target.ambiguous))
        parts.append(f"({_pattern(alias)})")
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(parts)})(?!\w)(?!\$)")
    rivals = re.compile(rf"(?<!\w)(?:{'|'.join(map(_pattern, target.rivals))})(?!\w)") if target.rivals else None
    named = re.compile(rf"(?<!\w)(?:{'|'.join(map(_pattern, target.names))})(?!\w)") if target.names else None

    def another_is_meant(text: str, context: str, start: int) -> bool:
        if rivals is None:
            return False
        before = f"{context} {text[:start]}"
        last = max((m.start() for m in rivals.finditer(before)), default=-1)
        own = max((m.start() for m in named.finditer(before)), default=-1) if named else -1
        later = own == -1 and last == -1 and rivals.search(text, start) and not (named and named.search(text, start))
        return last > own or bool(later)

    def find(text: str, context: str = "") -> list[Mention]:
        shouted = not any(c.islower() for c in text if LETTERS_ONLY.match(c))
        mentions = []
        for match in pattern.finditer(text):
            via, ambiguous = kinds[(match.lastindex or 1) - 1]
            start, end = match.span()
            if via == "exclude" or (ambiguous and another_is_meant(text, context, start)):
                continue
            if shouted and match.group() == "US" and not text[:start].rstrip().endswith("THE"):
                continue  # in a line of capitals the pronoun looks the same
            mentions.append(Mention(match.group(), start, end, via))
        return mentions

    return find


def _pattern(alias: str) -> str:
    """Return an expression for an alias: small letters match either way, capitals only capitals; a whole alias in capitals matches too."""
    words = r"\s+".join(map(re.escape, alias.split()))
    if alias == alias.lower():
        return f"(?i:{words})"
    shout = r"\s+".join(map(re.escape, alias.upper().split()))
    return words if len(alias) < 4 or shout == words else f"{words}|{shout}"
