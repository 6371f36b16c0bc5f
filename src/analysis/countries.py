"""Which country or union a speaker speaks for, by office or name; nothing where that is not plain."""

import re
from functools import lru_cache

import pandas as pd

from analysis.aliases import Aliases, load_aliases
from analysis.words import country_of, tokenize, words

# What comes after these is where somebody is, or whom he deals with: the Russian ambassador to Germany, an official in Kyiv.
_BEYOND = re.compile(r"\b(?:to|for|in|at|on|with|against|by|toward|towards|near|about|covering)\b", re.I)
# Those who serve somebody speak for him: spokeswoman for the Polish government, adviser to the Ukrainian president.
_SERVES = re.compile(r"\b(?:spokes\w+|advis[eo]rs?|aides?|assistants?|deput(?:y|ies)|counsel+ors?)\s+(?:for|to)\s+", re.I)
# Words with a country in them that belong to another or to none: Latin American, Northern Ireland; pro-Russian, Moscow-backed, US-based.
_NOT_ITS_OWN = re.compile(
    r"\b(?:latin|south|north|central|african|native)[ -]americans?\b|\bnew (?:mexico|england)\b|\bnorthern ireland\b|\b(?:occupied|annexed)\b.*"
    r"|\b(?:alliance|bloc)\b|\b(?:pro|anti|non)-\w+",
    re.I,
)
_COMPOUND = re.compile(r"\b[\w.]+-[a-z]+\b")
# The allies, critics or neighbours of a country are not that country, and it is not alone with the West.
_OF_OTHERS = re.compile(
    r"\b(?:all(?:y|ies)|partners?|rivals?|opponents?|supporters?|critics?|enem(?:y|ies)|adversar(?:y|ies)|neighbou?rs?|sympathi[sz]ers?|watchers?|hawks?|friends?)\b|\band\b.*\bwest",
    re.I,
)
_OF_STATES = re.compile(r"\bgovernor|\bsenator|\bcongress|\brepublican|\bdemocrat|\bmayor|\bsheriff|\bsecretary of state", re.I)
# Those who study or report: only an adjective says where they are from. A Russia analyst need not be Russian, nor a Moscow correspondent.
_WATCHING = re.compile(
    r"\b(?:analyst|expert|scholar|researcher|professor|fellow|historian|economist|scientist|journalist|reporter|correspondent|columnist|editor|author|writer"
    r"|commentator|specialist)s?\b",
    re.I,
)


def speaker_country(speaker: pd.Series, role: pd.Series) -> pd.Series:
    """Return the country or union each speaker speaks for, by its name in the list of countries; null where none or several are named.

    Known persons are told by their offices (aliases.yml), others by the role the article gives, bodies by their name. A speaker whose country is known from one
    row has it in all, unless rows name different ones.

    Parameters
    ----------
    speaker, role : Series
        Of the statements table; null where not given.

    Returns
    -------
    Series
        Of the same index.
    """
    pairs = pd.DataFrame({"speaker": speaker.astype("string"), "role": role.astype("string")})
    once = pairs.drop_duplicates().copy()
    once["country"] = [
        _of_speaker(None if pd.isna(who) else str(who), None if pd.isna(what) else str(what))
        for who, what in zip(once["speaker"], once["role"], strict=True)
    ]
    told = once.dropna(subset=["country"]).drop_duplicates(["speaker", "country"]).drop_duplicates("speaker", keep=False)
    once["country"] = once["country"].where(once["country"].notna(), once["speaker"].map(told.set_index("speaker")["country"]))
    found = pairs.merge(once, on=["speaker", "role"], how="left", validate="many_to_one")["country"]
    return pd.Series([None if pd.isna(name) else name for name in found], index=speaker.index, dtype="object")


@lru_cache(maxsize=1)
def _aliases() -> Aliases:
    return load_aliases()


@lru_cache(maxsize=65536)
def _of_speaker(speaker: str | None, role: str | None) -> str | None:
    if speaker is None:
        return None
    offices = {country_of_phrase(office) for office in _aliases().offices.get(_aliases().person(speaker), ())} - {None}
    if len(offices) == 1:
        return next(iter(offices))
    of_role = country_of_phrase(role) if role else None
    return of_role or (None if _is_name(speaker) or (role and not _is_office_or_body(speaker)) else country_of_phrase(speaker))


@lru_cache(maxsize=65536)
def country_of_phrase(phrase: str) -> str | None:
    """Return the one country whose office or body a phrase names: "the Polish envoy to Berlin" is Poland's; None where none or several."""
    front = _BEYOND.split(phrase, maxsplit=1)[0]
    found = _own(front)
    served = _SERVES.search(phrase)
    if not found and served:
        return country_of_phrase(phrase[served.end() :])
    return next(iter(found)) if len(found) == 1 else None


def _own(phrase: str) -> frozenset[str]:
    if _OF_OTHERS.search(phrase):
        return frozenset()
    plain = _COMPOUND.sub(" ", _NOT_ITS_OWN.sub(" ", phrase))
    found = country_of(plain)
    if "United Nations" in found and not re.search(r"\bUN\b|\bU\.N|\bUnited Nations\b", plain):
        found -= {"United Nations"}
    if "Georgia" in found and _OF_STATES.search(plain) and not re.search(r"\bGeorgian\b", plain):
        found -= {"Georgia"}
    if _WATCHING.search(plain):
        adjectives = words().adjective
        found = frozenset(land for land in found if land in adjectives and re.search(rf"\b{re.escape(adjectives[land])}\b", plain))
    return found


def _is_name(speaker: str) -> bool:
    """Return whether a speaker is called by a person's name: Paris Example, Bo London."""
    parts = [token.text for token in tokenize(speaker)]
    if parts and parts[0].lower() in words().given:
        return True
    lands = {part for part in parts if country_of(part)}
    plain = len(parts) == 2 and len(lands) == 1 and all(part[0].isupper() for part in parts)
    plain = plain and not next(iter(lands)).replace(".", "").isupper()
    return plain and not lands & set(words().adjective.values()) and not _is_office_or_body(speaker)


def _is_office_or_body(speaker: str) -> bool:
    known = words().body | words().group | words().role
    return any(token.text.lower() in known for token in tokenize(speaker))
