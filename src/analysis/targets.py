"""Which statement speaks of which target, and by which words."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pandas as pd

from analysis.config import Config, Target, load_config
from analysis.sentences import sentence_spans
from analysis.tables import check, empty, typed

# Words by which a sentence may speak of what the one before it named.
POINTS_BACK = re.compile(
    r"\b(?:they|them|their|theirs|it|its|this|these|such|we|us|our|the (?:alliance|bloc|country|move|decision|regime|government|administration))\b",
    re.IGNORECASE,
)
LETTERS_ONLY = re.compile(r"[^\W\d_]")


@dataclass(frozen=True)
class Mention:
    """Words in a text that name a target: half-open offsets, and whether by name or by metonym."""

    surface: str
    start: int
    end: int
    via: str


def find_targets(
    statements: pd.DataFrame,
    targets: Config | Sequence[Target] | None = None,
    indirect: bool | None = None,
    from_context: bool | None = None,
) -> pd.DataFrame:
    """Find the targets each statement speaks of.

    A word counts when it stands whole. Words that overlap a phrase the target excludes (Washington Post, the West Bank) do not count, unless the
    phrase lies inside a longer name.

    Parameters
    ----------
    statements : pandas.DataFrame
        Table ``statements``; the columns statement_id, start, text, scope_spans and context are used.
    targets : Config or sequence of Target, optional
        Whom to look for; the default configuration's targets without it.
    indirect : bool, optional
        Also return, marked ``via: indirect``, the targets that a found target stands for (West for US and NATO) where the statement does not name
        them itself. Taken from the configuration without it; False for a plain sequence of targets.
    from_context : bool, optional
        Also return, marked ``via: context``, the target of a statement that names none but points back ("They have lied to us"), where the sentence
        before it names exactly one. Like ``indirect`` taken from the configuration.

    Returns
    -------
    pandas.DataFrame
        Table ``mentions``: one row per statement and target, the first mention by name before the first by metonym; the last one in a context.

    Raises
    ------
    ValueError
        If columns are missing, or a target has no words or a blank one.
    """
    check(statements, "statements")
    config = load_config() if targets is None else targets
    if isinstance(config, Config):
        indirect = config.indirect if indirect is None else indirect
        from_context = config.from_context if from_context is None else from_context
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
        if from_context and POINTS_BACK.search(text) and not any(find(text, context) for _, find in finders):
            found = in_last_sentence(context, finders)
        rows += [(statement_id, name, m.surface, m.start, m.end, m.via) for name, m in found.items()]
    columns_out = list(empty("mentions").columns)
    return check(typed(pd.DataFrame(rows, columns=columns_out), "mentions"), "mentions")


def in_last_sentence(context: str, finders: Sequence[tuple[Target, Callable[[str, str], list[Mention]]]]) -> dict[str, Mention]:
    """Return the one target that the last sentence of a context names, marked ``via: context``, with offsets in the context; empty if none or several."""
    spans = sentence_spans(context)
    if not spans:
        return {}
    start, end = spans[-1]
    named = {target.name: mentions for target, find in finders if (mentions := find(context[start:end], context[:start]))}
    if len(named) != 1:
        return {}
    ((name, mentions),) = named.items()
    last = mentions[-1]
    return {name: Mention(last.surface, start + last.start, start + last.end, "context")}


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

    Raises
    ------
    ValueError
        If the target has no words or a blank one.
    """
    kind: dict[str, str] = {}
    for via, aliases in (("metonym", target.ambiguous), ("metonym", target.metonyms), ("name", target.names)):
        kind.update(dict.fromkeys(aliases, via))
    if not kind or not all(alias.strip() for alias in [*kind, *target.exclude, *target.rivals]):
        raise ValueError(f"target {target.name!r} has no names, metonyms or ambiguous words, or a blank one among its words")
    longest = sorted(kind, key=len, reverse=True)
    kinds = [(kind[alias], alias in target.ambiguous) for alias in longest]
    pattern = re.compile(rf"(?<!\w)(?:{'|'.join(f'({_pattern(alias)})' for alias in longest)})(?!\w)(?!\$)")
    excluded, rivals, named = (_any(aliases) for aliases in (target.exclude, target.rivals, target.names))

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
        false = [m.span() for m in excluded.finditer(text)] if excluded else []
        mentions = []
        for match in pattern.finditer(text):
            via, ambiguous = kinds[(match.lastindex or 1) - 1]
            start, end = match.span()
            if any(a < end and start < b and not start <= a < b <= end for a, b in false):
                continue
            if (ambiguous and another_is_meant(text, context, start)) or (shouted and match.group() == "US" and _pronoun(text, start, end)):
                continue
            mentions.append(Mention(match.group(), start, end, via))
        return mentions

    return find


def _pronoun(text: str, start: int, end: int) -> bool:
    """Tell whether US in a line of capitals may be "us": not where it opens the line, follows THE or a mark, or is joined to a word."""
    before = text[:start].rstrip()
    return bool(before) and before[-1].isalnum() and not re.search(r"\bTHE$", before) and text[end : end + 1] not in ("-", "'", "’", "/")


def _any(aliases: Sequence[str]) -> re.Pattern[str] | None:
    """Return an expression for any of the words, each standing whole; None without words."""
    parts = [f"(?:{_pattern(alias)})" + (r"(?!\w)" if alias[-1].isalnum() else "") for alias in sorted(aliases, key=len, reverse=True)]
    return re.compile(rf"(?<!\w)(?:{'|'.join(parts)})") if parts else None


def _pattern(alias: str) -> str:
    """Return an expression for an alias: a word in small letters matches either way, capitals only capitals; the alias all in capitals matches too."""
    written = r"\s+".join(_word(word) if word != word.lower() else f"(?i:{_word(word)})" for word in alias.split())
    shout = r"\s+".join(_word(word.upper()) for word in alias.split())
    return written if len(alias) < 4 or alias in (alias.lower(), alias.upper()) else f"{written}|{shout}"


def _word(word: str) -> str:
    return re.escape(word).replace("'", "['’]")
