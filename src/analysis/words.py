"""The word lists behind the speakers: offices, bodies, countries, given names; and the text cut into words."""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

LISTS = Path(__file__).with_name("names.yml")
# A full stop belongs to initials (U.S., J.) and to short titles; an inner hyphen or apostrophe to the word; ’s stands alone.
_WORD = re.compile(
    r"(?:[A-Z]\.){1,5}|(?:Mr|Mrs|Ms|Dr|Prof|Rev|Gen|Lt|Col|Maj|Capt|Cmdr|Adm|Sgt|Brig|Sen|Rep|Gov|Amb|Hon|Pres|St|Jr|Sr|Jan|Feb|Mar|Apr|Aug|Sept?|Oct|Nov|Dec)\."
    r"|[’']s\b|[^\W\d_](?:[^\W_]|[-’'](?!s\b)(?=[^\W\d_]))*|\d[\w.,]*|\n+|[^\w\s]"
)
_ENDS = {".", "!", "?", "…"}


@dataclass(frozen=True)
class Words:
    """The lists of ``names.yml``, ready to ask."""

    honorific: frozenset[str]
    role: frozenset[str]
    inside: frozenset[str]
    role_capital: frozenset[str]
    relation: frozenset[str]
    says: frozenset[str]
    particles: frozenset[str]
    clause: frozenset[str]
    preposition: frozenset[str]
    before_noun: frozenset[str]
    stand_for: frozenset[str]
    kin: tuple[frozenset[str], ...]
    body: frozenset[str]
    group: frozenset[str]
    not_name: frozenset[str]
    given: frozenset[str]
    gender: dict[str, str]
    country: dict[str, str]
    adjective: dict[str, str]


@dataclass(frozen=True)
class Token:
    """A word or sign: its text, where it stands, and the number of its sentence."""

    text: str
    start: int
    end: int
    sentence: int

    @property
    def capital(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.text[0].isupper()


@lru_cache(maxsize=1)
def words() -> Words:
    """Read ``names.yml`` once."""
    raw = yaml.safe_load(LISTS.read_text(encoding="utf-8"))
    lists = {key: value.split() for key, value in raw.items() if isinstance(value, str)}
    gender = {w.lower(): "m" for key in ("honorific_male", "role_male", "male") for w in lists[key]}
    gender |= {w.lower(): "f" for key in ("honorific_female", "role_female", "female") for w in lists[key]}
    both = {w.lower() for w in lists["either"]} | {w.lower() for w in {*lists["male"]} & {*lists["female"]}}
    country = {name.lower(): line[0] for line in raw["countries"] for name in line}
    honorific = [w for key in ("honorific", "honorific_male", "honorific_female") for w in lists[key]]
    parts = {
        part for name in (n for line in raw["countries"] for n in line if n not in ("Biden", "Trump", "Putin")) for part in name.split()
    }
    return Words(
        honorific=frozenset(w.lower() for w in honorific),
        role=frozenset(w.lower() for w in lists["role"]),
        inside=frozenset(w.lower() for w in lists["role_inside"]),
        role_capital=frozenset(lists["role_capital"]),
        relation=frozenset(lists["relation"]),
        **{key: frozenset(lists[key]) for key in ("says", "particles", "clause", "preposition", "before_noun")},
        stand_for=frozenset(lists["stand_for"]),
        kin=tuple(frozenset(group.split()) for group in raw["kin"]),
        body=frozenset(w.lower() for w in lists["body"]),
        group=frozenset(w.lower() for w in lists["group"]),
        not_name=frozenset(w for w in lists["not_names"]) | frozenset(parts),
        given=frozenset(w.lower() for w in [*lists["male"], *lists["female"], *lists["either"]]),
        gender={w: g for w, g in gender.items() if w not in both},
        country=country,
        adjective={line[0]: line[1] for line in raw["countries"] if len(line) > 2 and line[1][0].isupper() and not line[1].isupper()},
    )


def tokenize(text: str) -> list[Token]:
    """Return the words and signs of a text; a sentence ends at a full stop that is no abbreviation's, or at a line break."""
    tokens: list[Token] = []
    sentence, closed = 0, False
    for m in _WORD.finditer(text):
        word = m[0]
        if word[0] == "\n":
            sentence, closed = sentence + (not closed), True
            continue
        # Closing quotation marks still belong to the sentence; the next word opens a new one.
        if closed and (word[0].isalnum() or word in "“‘«„") and tokens and tokens[-1].sentence == sentence:
            sentence += 1
        closed = word in _ENDS or (closed and not word[0].isalnum() and word not in "“‘«„")
        tokens.append(Token(word, m.start(), m.end(), sentence))
    return tokens


@lru_cache(maxsize=65536)
def country_of(phrase: str) -> frozenset[str]:
    """Return the countries and unions a phrase names, by name, adjective, capital or seat."""
    table = words().country
    parts = re.findall(r"[A-Z]\.[A-Z]\.?|[^\W\d_]+", phrase)
    low = [p.lower() for p in parts]
    pairs = [" ".join(low[i : i + 2]) for i in range(len(low) - 1)]
    # Adjectives of people may be plural nouns or possessives; "us" in small letters is a pronoun.
    return frozenset(table[w] for p, w in [*zip(parts, low, strict=True), *((w.title(), w) for w in pairs)] if w in table and p != "us")
