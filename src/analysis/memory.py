"""Who is named and who has spoken so far: where pronouns and offices look for the person they stand for."""

import re
from bisect import bisect_left, bisect_right, insort
from dataclasses import dataclass

from analysis.aliases import Aliases
from analysis.offices import office_fit, office_words
from analysis.people import Mention, People, Person
from analysis.sources import Source
from analysis.words import country_of, words

FAR = 14  # sentences a pronoun reaches back


@dataclass(frozen=True)
class Said:
    """An attribution already resolved, for pronouns and continued quotations to look back to."""

    at: int
    sentence: int
    name: str
    person: Person | None
    kind: str
    place: int


class Memory:
    """The persons of a text, its contents, and the speakers resolved so far.

    Parameters
    ----------
    text : str
        The article.
    people : People
        The persons it names.
    contents : list of (int, int)
        All pieces of contents: who is named inside of one is less likely to speak next.
    aliases : Aliases
        For the offices of well-known persons.
    """

    def __init__(self, text: str, people: People, contents: list[tuple[int, int]], aliases: Aliases) -> None:
        self.text, self.people, self.contents, self.aliases = text, people, sorted(contents), aliases
        self.said: list[Said] = []

    def add(self, at: int, name: str, person: Person | None, kind: str, place: int) -> None:
        """Remember a speaker."""
        insort(self.said, Said(at, self.people.sentence(at), name, person, kind, place), key=lambda s: s.at)

    def heard(self, at: int) -> list[Said]:
        """Return the last speakers before a place."""
        i = bisect_left(self.said, at, key=lambda s: s.at)
        return self.said[max(0, i - 60) : i]

    def last_person(self, at: int, gender: str | None, office: str | None, silent: str | None) -> Person | None:
        """Return the person a pronoun or an office stands for: near, speaking, first in the sentence, fitting; never ``silent``."""
        here = self.people.sentence(at)
        best: tuple[float, int] = (-99.0, 0)
        chosen: Person | None = None
        seen: list[tuple[Person, int, int, float]] = []
        for m in self.people.before(at):
            distance = here - m.sentence if m.start >= 0 else FAR - 1
            bonus = (0.7 if m.first else 0.0) - (0.8 if m.owner else 0.0)
            bonus -= 0.6 if _inside(self.contents, m.start, m.end) else 0.0
            seen.append((m.person, m.start, distance, bonus))
        seen += [(s.person, s.at, here - s.sentence, 1.8) for s in self.heard(at)[-30:] if s.person]
        for person, where, distance, bonus in seen:
            if distance > (FAR if office is None else 60) or person.name == silent:
                continue
            if gender and person.gender and gender != person.gender:
                continue
            fit = (
                office_fit(office, person, self.aliases.offices.get(person.name, ()))
                if office
                else 0.3 * bool(gender and person.gender == gender)
            )
            if fit is None:
                continue
            score = (bonus + fit - distance * (1.0 if office is None else 0.35), where)
            if score > best:
                best, chosen = score, person
        return chosen

    def next_person(self, at: int, source: Source, near: int = 30) -> Person | None:
        """Return the person named soon after who holds just this office: a first sentence may name the office, the next the name."""
        here = self.people.sentence(at)
        for m in self.people.after(at, 40):
            # With its country an office is told apart from others at any distance.
            if m.sentence - here > (near if country_of(source.name) else 3):
                return None
            fit = office_fit(source.name, m.person, self.aliases.offices.get(m.person.name, ()))
            if fit is not None and fit >= 1.4 and not (source.gender and m.person.gender and source.gender != m.person.gender):
                return m.person
        return None

    def office(self, source: Source, at: int, silent: str | None) -> Person:
        """Return the person an office stands for; one known by nothing else becomes a person of that name."""
        office = source.name
        if source.definite:
            need = set(office_words(office))
            unnamed = next(
                (s for s in reversed(self.heard(at)) if s.person and s.person.unnamed and need <= set(office_words(s.name))), None
            )
            found = self.last_person(at, source.gender, office, silent)
            if unnamed and unnamed.person and (not found or all(s.person is not found for s in self.heard(at) if s.at > unnamed.at)):
                return unnamed.person
            found = found or self.next_person(at, source)
            if found:
                return found
        elif country_of(office) and (found := self.next_person(at, source, near=8)):
            return found  # "A senior Ruritanian security official said …": named in the next sentences
        return Person(office, source.gender, unnamed=True)

    def last_other(self, at: int, plural: bool) -> Said | None:
        """Return the last body or group that spoke; for ``they`` the last speaker of any kind where none did."""
        here = self.people.sentence(at)
        near = [s for s in self.heard(at) if here - s.sentence <= FAR]
        wanted = [s for s in near if s.kind in (("group", "body") if plural else ("body", "group"))]
        return wanted[-1] if wanted else near[-1] if near and plural else None

    def noun_before(self, at: int) -> tuple[int, int] | None:
        """Return where the noun phrase stands that ends right before a relative pronoun."""
        window = self.text[max(0, at - 160) : at]
        left = window.rstrip(" ,\n—–-")
        noun = re.search(r"((?:[\w’'.-]+ ){0,5}[\w’'.-]+)$", re.split(r"[,;:.!?“”\"()\n]", left)[-1].strip())
        if not noun:
            return None
        parts = noun[1].split()
        # Only what follows the last preposition: it is near enough.
        cut = max((i for i, word in enumerate(parts) if word.lower() in words().before_noun), default=-1)
        tail = " ".join(parts[cut + 1 :])
        end = at - len(window) + len(left)
        return (end - len(tail), end) if tail else None

    def name_before(self, at: int) -> Mention | None:
        """Return the person named right before a relative pronoun, at most a role in between."""
        before = [m for m in self.people.before(at, 4) if m.sentence == self.people.sentence(at) and not m.owner]
        gap = self.text[before[-1].end : at] if before else ""
        near = len(gap.split()) <= 12 and (not gap.strip(" ,") or gap.lstrip().startswith((",", "of", "(")))
        return before[-1] if before and near else None


def _inside(spans: list[tuple[int, int]], start: int, end: int) -> bool:
    """Whether one of the sorted spans near a place covers it."""
    i = bisect_right(spans, (start, 10**12))
    return any(s <= start and end <= e for s, e in spans[max(0, i - 6) : i])
