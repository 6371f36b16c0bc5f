"""Sources resolved to names, one attribution after the other, each leaning on those before it."""

import re
from bisect import bisect_left, bisect_right, insort
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from analysis.aliases import Aliases, fold_name
from analysis.nesting import enclosing
from analysis.offices import office_fit, office_words
from analysis.people import People, Person
from analysis.sources import Source, body_name, read_source, single_names
from analysis.words import country_of, words

Spans = tuple[tuple[int, int], ...]
FAR = 14  # sentences a pronoun reaches back
_QUOTES = '“"«„”'
_STAND_FOR = frozenset(
    [
        "report",
        "statement",
        "document",
        "text",
        "study",
        "paper",
        "letter",
        "body",
        "organization",
        "organisation",
        "agency",
        "outlet",
        "newspaper",
        "watchdog",
    ]
    + [
        "group",
        "ngo",
        "broadcaster",
        "publication",
        "company",
        "outfit",
        "tank",
        "think-tank",
        "bloc",
        "alliance",
        "institute",
        "article",
        "update",
        "assessment",
        "analysis",
    ]
)
_NUMBERS = frozenset(["two", "three", "four", "five", "six", "seven", "several", "many", "some", "other", "both"])
_CUTS = frozenset(
    [
        "of",
        "for",
        "to",
        "with",
        "by",
        "from",
        "in",
        "at",
        "on",
        "about",
        "as",
        "and",
        "or",
        "but",
        "is",
        "are",
        "was",
        "were",
        "be",
        "said",
        "says",
        "told",
        "than",
        "like",
        "including",
        "the",
        "a",
        "an",
    ]
)


class Attribution(Protocol):
    """What a tagger finds: pieces of source, cue and content, half-open, in characters of the text."""

    @property
    def source(self) -> Spans: ...  # noqa: D102

    @property
    def cue(self) -> Spans: ...  # noqa: D102

    @property
    def content(self) -> Spans: ...  # noqa: D102


@dataclass(frozen=True)
class Speaker:
    """Who holds a statement, in which office, and who reports it where attributions are nested; None: not known.

    ``fills`` is the share of a sentence that the attribution must fill to be its holder's: 0 where words or beliefs are reported,
    0.8 for acts and aims ("pledged", "wants"), which the text mostly tells in its own voice. In a speech it is the speaker who
    tells them, so there they never hold a sentence (2.0), and reports of others do where they fill most of it (0.6).
    """

    name: str | None
    role: str | None = None
    reported_by: str | None = None
    fills: float = 0.0


@dataclass(frozen=True)
class _Said:
    """An attribution already resolved, for pronouns and continued quotations to look back to."""

    at: int
    sentence: int
    name: str
    person: Person | None
    kind: str
    place: int
    quoted: bool


class Resolver:
    """One article: who is named in it, which attribution lies in which, and who has spoken so far."""

    def __init__(self, text: str, attributions: Sequence[Attribution], title: str, speaker: str | None, aliases: Aliases) -> None:
        self.text, self.given, self.aliases = text, attributions, aliases
        # What the parties of a joint statement commit to is the document's own voice, as in a speech.
        self.joint = bool(re.search(r"\bjoint (?:\w+ ){0,2}(?:statement|declaration|communiqu|press release)", title, re.IGNORECASE))
        self.speaker = aliases.any(speaker) if speaker else None
        sources = [piece for a in attributions for piece in a.source]
        self.people = People(text, title, aliases, single_names(text, sources))
        self.outer = enclosing([(a.source, a.cue, a.content) for a in attributions])
        self.contents = sorted(p for a in attributions for p in a.content)
        self.done: dict[int, Speaker] = {}
        self.said: list[_Said] = []
        self.bodies: list[tuple[int, str]] = self._full_bodies()

    def run(self) -> list[Speaker]:
        """Return the speakers in the order of the attributions."""
        order = sorted(range(len(self.given)), key=lambda k: (self._at(k), k))
        # First persons need the one who is being quoted, who may be named only behind the quotation.
        late = [k for k in order if self.outer[k] is not None]
        for k in [k for k in order if self.outer[k] is None] + late:
            if k not in self.done:
                self._one(k)
        return [self.done[k] for k in range(len(self.given))]

    def _at(self, k: int) -> int:
        a = self.given[k]
        return min((s for s, _ in a.source or a.cue or a.content), default=0)

    def _one(self, k: int) -> None:
        a, at = self.given[k], self._at(k)
        outer = self.outer[k]
        if outer is not None and outer not in self.done:
            self._one(outer)
        above = self.done[outer].name if outer is not None else None
        source = read_source(a.source, self.text, self.people)
        name, role, person, kind = self._resolve(source, k, at, above)
        if name is None and source.kind == "none" and not a.source:
            name, role, person, kind = self._continued(k)
        reported = above if above and above != name else None
        self.done[k] = Speaker(name, role, reported, self._fills(k))
        if name and kind != "none":
            place = max((e for _, e in a.content), default=at)
            quoted = any(c in _QUOTES for s, e in a.content for c in self.text[max(0, s - 1) : e + 1])
            insort(self.said, _Said(at, self.people.sentence(at), name, person, kind, place, quoted), key=lambda s: s.at)

    def _fills(self, k: int) -> float:
        cue = " ".join(self.text[s:e] for s, e in self.given[k].cue).lower()
        if not cue.strip() or ":" in cue or words().says.intersection(re.findall(r"[^\W\d_]+", cue)):
            return 0.6 if self.speaker else 0.0
        return 2.0 if self.speaker or self.joint else 0.8

    def _heard(self, at: int) -> list[_Said]:
        """Return the last speakers before a place."""
        i = bisect_left(self.said, at, key=lambda s: s.at)
        return self.said[max(0, i - 60) : i]

    def _resolve(self, source: Source, k: int, at: int, above: str | None) -> tuple[str | None, str | None, Person | None, str]:
        if source.kind == "person" and source.mention:
            person = source.mention.person
            return person.name, person.role(source.mention.end), person, "person"
        if source.kind == "he":
            return self._as_person(self._last_person(k, at, source.gender, None), source.name, at)
        if source.kind == "we":
            name = above or self._quoting(k) or self.speaker
            return name, None, None, "none"
        if source.kind == "who":
            return self._antecedent(k, at)
        if source.kind in ("they", "it"):
            last = self._last_other(k, at, plural=source.kind == "they")
            return (last.name, None, last.person, last.kind) if last else (None, None, None, "none")
        if source.kind == "none":
            return None, None, None, "none"
        return self._described(source, k, at)

    def _described(self, source: Source, k: int, at: int) -> tuple[str | None, str | None, Person | None, str]:
        name = source.name
        if source.kind == "office" and not source.owner:
            found = self._office(source, k, at)
            return found.name, found.role(at) or (name if found.name != name else source.role), found, "person"
        if source.kind == "group" and source.definite and not source.owner and len(name.split()) <= 2:
            longer = [s.name for s in self._heard(at) if s.kind == "group" and s.name.lower().endswith(f" {name.lower()}")]
            name = longer[-1] if longer and longer[-1].split()[0].lower() not in _NUMBERS else name
        if source.kind in ("body", "group") and name.lower() in ("country", "nation") and not source.owner:
            lands = [s for s in self._heard(at) if s.kind == "body" and country_of(s.name)]
            name = lands[-1].name if lands else name
        if source.owner:
            owner = self._owner(source.owner, k, at)
            whose = f"{owner}’s {name}" if owner else name
            named = self._next_person(at, source) if source.kind == "office" else None
            if named and named.name != owner:
                return named.name, named.role(at), named, "person"
            return whose, source.role, Person(whose, source.gender, unnamed=True) if source.kind == "office" else None, source.kind
        if source.definite and not source.owner and name.lower().split()[-1] in _STAND_FOR and len(name.split()) <= 4:
            # "the report", "the international body": whoever spoke last as a body, unless one is named in full.
            bodies = [s.name for s in self._heard(at) if s.kind == "body" and self.people.sentence(at) - s.sentence <= FAR]
            full = self._body(name, at)
            return full if fold_name(full) != fold_name(name) or not bodies else bodies[-1], source.role, None, "body"
        kind = source.kind
        return self._body(name, at) if kind == "body" else name, source.role, None, kind

    def _office(self, source: Source, k: int, at: int) -> Person:
        """Return the person an office stands for; one known by nothing else becomes a person of that name."""
        office = source.name
        if source.definite:
            need = set(office_words(office))
            unnamed = next(
                (s for s in reversed(self._heard(at)) if s.person and s.person.unnamed and need <= set(office_words(s.name))), None
            )
            found = self._last_person(k, at, source.gender, office)
            if unnamed and unnamed.person and (not found or all(s.person is not found for s in self._heard(at) if s.at > unnamed.at)):
                return unnamed.person
            found = found or self._next_person(at, source)
            if found:
                return found
        elif country_of(office) and (found := self._next_person(at, source, near=8)):
            return found  # "A senior Ruritanian security official said …": named in the next sentences
        return Person(office, source.gender, unnamed=True)

    def _next_person(self, at: int, source: Source, near: int = 30) -> Person | None:
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

    def _owner(self, pronoun: str, k: int, at: int) -> str | None:
        if pronoun in ("his", "her"):
            found = self._last_person(k, at, "f" if pronoun == "her" else "m", None)
            return found.name if found else None
        if pronoun in ("my", "our"):
            return self._quoting(k) or self.speaker
        last = self._last_other(k, at, plural=pronoun == "their")
        return last.name if last else None

    def _as_person(self, person: Person | None, words_: str, at: int) -> tuple[str | None, str | None, Person | None, str]:
        return (person.name, person.role(at), person, "person") if person else (None, None, None, "none")

    def _last_person(self, k: int, at: int, gender: str | None, office: str | None) -> Person | None:
        """Return the person a pronoun or an office stands for: near, speaking, first in the sentence, fitting."""
        here = self.people.sentence(at)
        # Whoever is being quoted does not call himself "he".
        outer = self.outer[k]
        silent = self.done[outer].name if outer is not None and outer in self.done and self._direct(outer) else None
        best: tuple[float, int] = (-99.0, 0)
        chosen: Person | None = None
        seen: list[tuple[Person, int, int, float]] = []
        for m in self.people.before(at):
            distance = here - m.sentence if m.start >= 0 else FAR - 1
            bonus = (0.7 if m.first else 0.0) - (0.8 if m.owner else 0.0)
            bonus -= 0.6 if _inside(self.contents, m.start, m.end) else 0.0
            seen.append((m.person, m.start, distance, bonus))
        seen += [(s.person, s.at, here - s.sentence, 1.8) for s in self._heard(at)[-30:] if s.person]
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

    def _last_other(self, k: int, at: int, plural: bool) -> _Said | None:
        """Return the last body or group that spoke; for ``they`` the last speaker of any kind where none did."""
        here = self.people.sentence(at)
        near = [s for s in self._heard(at) if here - s.sentence <= FAR]
        wanted = [s for s in near if s.kind in (("group", "body") if plural else ("body", "group"))]
        return wanted[-1] if wanted else near[-1] if near and plural else None

    def _antecedent(self, k: int, at: int) -> tuple[str | None, str | None, Person | None, str]:
        """Return what a relative pronoun points back to: the name or noun right before it."""
        before = [m for m in self.people.before(at, 4) if m.sentence == self.people.sentence(at) and not m.owner]
        window = self.text[max(0, at - 160) : at]
        left = window.rstrip(" ,\n—–-")
        if before:
            m = before[-1]
            gap = self.text[m.end : at]
            if len(gap.split()) <= 12 and (len(gap.strip(" ,")) == 0 or gap.lstrip().startswith((",", "of", "("))):
                return m.person.name, m.person.role(m.end), m.person, "person"
        noun = re.search(r"((?:[\w’'.-]+ ){0,5}[\w’'.-]+)$", re.split(r"[,;:.!?“”\"()\n]", left)[-1].strip())
        phrase = noun[1] if noun else ""
        start = at - len(window) + len(left) - len(phrase)
        # Only the noun phrase at the end: what follows the last preposition is near enough.
        words_ = phrase.split()
        cut = max((i for i, x in enumerate(words_) if x.lower() in _CUTS), default=-1)
        tail = " ".join(words_[cut + 1 :])
        if not tail:
            return None, None, None, "none"
        begin = start + phrase.rfind(tail)
        source = read_source(((begin, begin + len(tail)),), self.text, self.people)
        return self._resolve(source, k, begin, None) if source.kind in ("person", "office", "body", "group") else (None, None, None, "none")

    def _quoting(self, k: int) -> str | None:
        """Return who is quoted at a first person that no content encloses: the last speaker, if the place is inside quotation marks."""
        at = self._at(k)
        opened = max(self.text.rfind("“", 0, at), self.text.rfind("„", 0, at))
        if opened < 0 or self.text.rfind("”", opened, at) >= 0:
            return None
        before = self._heard(at)
        return before[-1].name if before else None

    def _direct(self, k: int) -> bool:
        content = self.given[k].content
        return bool(content) and self.text[content[0][0] : content[0][0] + 1] in tuple(_QUOTES)

    def _continued(self, k: int) -> tuple[str | None, str | None, Person | None, str]:
        """Return the speaker of the quotation that an attribution without source goes on with."""
        content = self.given[k].content
        outer = self.outer[k]
        if not content:
            return None, None, None, "none"
        start = content[0][0]
        before = self.text[:start].rstrip(_QUOTES + " \t")
        opens = any(c in _QUOTES for c in self.text[max(0, start - 1) : start + 1])
        if self.given[k].cue and not opens:
            return None, None, None, "none"
        prior = [s for s in self._heard(start + 1000) if s.place <= start + 1]
        if outer is not None or not prior or not opens:
            return None, None, None, "none"
        last = max(prior, key=lambda s: (max(s.place, s.at), s.at))
        gap = self.text[max(last.place, last.at) : len(before)]
        if gap.count("\n\n") + len(re.findall(r"(?<!\n)\n(?!\n)", gap)) <= 1 and len(gap) <= 400:
            return last.name, last.person.role(start) if last.person else None, last.person, last.kind
        return None, None, None, "none"

    def _full_bodies(self) -> list[tuple[int, str]]:
        """Return where bodies are named in full: capitalised words that end in one such as Ministry."""
        inner = r"(?:(?:[A-Z]\.){2,3}|[A-Z][\w-]*(?:[’']s)?)"
        heads = "|".join(sorted({b.title() for b in words().body if b.isalpha() and len(b) > 3}))
        names = re.finditer(
            rf"\b(?:{inner} ){{1,4}}(?:{heads})\b(?: of (?:the )?{inner}(?: {inner})?)?|\b(?:{heads}) (?:of|for) (?:the )?{inner}(?: (?:of |and )?{inner}){{0,3}}",
            self.text,
        )
        return [(m.start(), re.sub(r"^The ", "", m[0])) for m in names]

    def _body(self, name: str, at: int) -> str:
        """Return the full name of a body: "the ministry" is the last one named in full, "ISW" the one whose initials it is."""
        low = fold_name(name)
        if low in words().body or ("inistry" in name and not country_of(name)):
            need = [w for w in low.split() if w != "country"]
            name = " ".join(w for w in name.split() if fold_name(w) != "country")
            fitting = [(where, full) for where, full in self.bodies if set(need) <= set(fold_name(full).split()) and fold_name(full) != low]
            before = [full for where, full in fitting if where < at and (country_of(full) or len(need) == 1)]
            if before:
                return body_name(before[-1], self.aliases)
            if low == "ministry" or "inistry" in name:
                lands = [s.name for s in self._heard(at) if country_of(s.name)]
                if lands and (adjective := words().adjective.get(next(iter(country_of(lands[-1]))))):
                    return body_name(f"{adjective} {name.title() if name.islower() else name}", self.aliases)
        if name.isupper() and 2 < len(name) < 7 and self.aliases.any(name) == name:
            for _, full in self.bodies:
                if "".join(w[0] for w in full.split() if w[0].isupper()) == name:
                    return body_name(full, self.aliases)
        return body_name(name, self.aliases)


def _inside(spans: list[tuple[int, int]], start: int, end: int) -> bool:
    """Whether one of the sorted spans near a place covers it."""
    i = bisect_right(spans, (start, 10**12))
    return any(s <= start and end <= e for s, e in spans[max(0, i - 6) : i])
