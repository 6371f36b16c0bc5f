"""The persons of an article: who is named where, in which office, and which pronoun fits."""

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field

from analysis.aliases import Aliases, fold_name
from analysis.naming import Name, Names
from analysis.words import Token, country_of, words


@dataclass
class Person:
    """One person of the article, under the fullest name seen, or a joined name."""

    name: str
    gender: str | None = None
    roles: dict[str, int] = field(default_factory=dict)
    unnamed: bool = False

    def role(self, at: int) -> str | None:
        """Return the fullest role given before ``at``, else the first one given after it."""
        # "Gen." and the like only where there is nothing better.
        titles = {role: where for role, where in self.roles.items() if not role.endswith(".")} or self.roles
        before = [role for role, where in titles.items() if where <= at]
        return max(before, key=len) if before else min(titles, key=lambda role: titles[role], default=None)


@dataclass(frozen=True)
class Mention:
    """A place where a person is named; ``start`` is that of the name, ``lead`` that of the role before it."""

    person: Person
    start: int
    end: int
    lead: int
    sentence: int
    first: bool
    owner: bool


class People:
    """Everyone an article and its headline name.

    Parameters
    ----------
    text, title : str
        Article and headline. Places in the headline count as negative positions: it stands before the text.
    aliases : Aliases
        Spellings that are joined.
    surnames : set of str
        Single names known to be sources, folded; a capitalised pair ending in one of them is that person's full name.
    """

    def __init__(self, text: str, title: str, aliases: Aliases, surnames: set[str]) -> None:
        self.names, self.aliases = Names(text, title), aliases
        self.tokens = self.names.tokens
        self.starts = [t.start for t in self.tokens]
        self.persons: dict[str, Person] = {}
        self.by_part: dict[str, list[Person]] = defaultdict(list)
        self.full_places: dict[int, list[int]] = defaultdict(list)
        names = self.names.find()
        full = [n for n in names if n.last > n.first and self._is_person(n, surnames)]
        # Names of one word last: they lean on the full names, wherever those stand.
        parts = {fold_name(self.tokens[i].text) for n in full for i in (n.first, n.last)} | surnames
        short = [n for n in names if n.last == n.first and (n.titled or self._part(n) in parts)]
        found = [(n, self._add(n)) for n in full] + [(n, self._short(n)) for n in short]
        self.mentions = self._placed(found)
        self.mention_starts = [m.start for m in self.mentions]

    def sentence(self, at: int) -> int:
        """Return the number of the sentence that holds position ``at``."""
        return self.tokens[max(0, min(bisect_left(self.starts, at + 1) - 1, len(self.tokens) - 1))].sentence if self.tokens else 0

    def span(self, start: int, end: int) -> list[Token]:
        """Return the words between two positions."""
        return self.tokens[bisect_left(self.starts, start) : bisect_left(self.starts, end)]

    def within(self, start: int, end: int) -> list[Mention]:
        """Return the mentions that lie between two positions."""
        i = bisect_left(self.mention_starts, start)
        return [m for m in self.mentions[i : bisect_left(self.mention_starts, end)] if m.end <= end + 2]

    def before(self, at: int, most: int = 40) -> list[Mention]:
        """Return the last mentions before a position, in order."""
        i = bisect_left(self.mention_starts, at)
        return self.mentions[max(0, i - most) : i]

    def after(self, at: int, most: int = 12) -> list[Mention]:
        """Return the next mentions behind a position, in order."""
        i = bisect_left(self.mention_starts, at)
        return self.mentions[i : i + most]

    def named(self, name: str) -> Person:
        """Return the person of that name, made if there is none yet."""
        joined = self.aliases.person(name)
        known = self.by_part.get(fold_name(name).rsplit(" ", 1)[-1], []) if " " not in joined else []
        if len(known) == 1:
            return known[0]
        key = fold_name(joined)
        if key not in self.persons:
            person = self.persons[key] = Person(joined, _gender(joined))
            parts = key.split()
            for part in {parts[0], parts[-1], " ".join(parts[1:])} - {""}:
                self.by_part[part].append(person)
        return self.persons[key]

    def _part(self, n: Name) -> str:
        return fold_name(self.tokens[n.first].text)

    def _is_person(self, n: Name, surnames: set[str]) -> bool:
        first, last = self.tokens[n.first].text.lower(), fold_name(self.tokens[n.last].text)
        given = first in words().given or first.split("-")[0] in words().given
        name = fold_name(self.names.words(n.first, n.last))
        nxt = self.tokens[n.last + 1].text.lower() if n.last + 1 < len(self.tokens) else ""
        if nxt in words().body and self.tokens[n.last + 1].capital:
            return False  # "Jane Roe Foundation"
        return given or n.titled or n.apposition is not None or last in surnames or name in self.aliases.people

    def _add(self, n: Name) -> Person:
        return self._told(self.named(self.names.words(n.first, n.last)), n)

    def _short(self, n: Name) -> Person:
        """Return the person a single name stands for: the last full name with it that title and office do not rule out."""
        part = self._part(n)
        at = self.tokens[n.first].start
        fitting = [p for p in self.by_part.get(part, []) if not (n.gender and p.gender and n.gender != p.gender)]
        surname = [p for p in fitting if fold_name(p.name).split()[-1] == part] or fitting
        if len(surname) > 1 and n.role:
            lands = country_of(n.role)
            surname = [p for p in surname if any(r.split()[-1].lower() == n.role.split()[-1].lower() for r in p.roles)] or [
                p for p in surname if lands and any(lands & country_of(r) for r in p.roles)
            ] or surname  # fmt: skip
        joined = self.aliases.person(self.tokens[n.first].text)
        if not surname or (len(surname) > 1 and " " in joined and fold_name(joined) in self.persons):
            return self._told(self.named(joined), n)
        return self._told(max(surname, key=lambda p: self._last_full(p, at)), n)

    def _last_full(self, person: Person, at: int) -> int:
        places = self.full_places[id(person)]
        before = [x for x in places if x < at]
        return before[-1] if before else -(places[0] if places else 10**9) - 10**8

    def _told(self, person: Person, n: Name) -> Person:
        at = self.tokens[n.first].start
        if n.last > n.first:
            self.full_places[id(person)].append(at)
        for role in (n.role, n.apposition):
            if role and role.lower() not in words().relation:
                person.roles[role] = min(at, person.roles.get(role, at))
        if n.gender:
            person.gender = n.gender
        elif person.gender is None and n.apposition:
            person.gender = next((g for w in n.apposition.lower().split() if (g := words().gender.get(w)) and w in words().role), None)
        return person

    def _placed(self, found: list[tuple[Name, Person]]) -> list[Mention]:
        mentions, last = [], None
        for n, person in sorted(found, key=lambda pair: pair[0].first):
            t, after = self.tokens[n.first], self.tokens[n.last + 1].text if n.last + 1 < len(self.tokens) else ""
            end = self.tokens[n.last].end
            mentions.append(Mention(person, t.start, end, n.lead, t.sentence, t.sentence != last, after in ("’s", "'s", "’", "'")))
            last = t.sentence
        return mentions


def _gender(name: str) -> str | None:
    """Return m or f by the given name, else by the ending of a Slavic surname, else None."""
    parts = name.lower().split()
    if len(parts) > 1:
        known = words().gender.get(parts[0]) or words().gender.get(parts[0].split("-")[0])
        if known:
            return known
    if parts[-1].endswith(("ova", "eva", "skaya", "ska", "ina", "aya")):
        return "f"
    return "m" if parts[-1].endswith(("ov", "ev", "sky", "skiy", "skyy")) else None
