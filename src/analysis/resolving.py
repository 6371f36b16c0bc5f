"""Sources resolved to names, one attribution after the other, each leaning on those before it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from analysis.aliases import Aliases, fold_name
from analysis.bodies import Bodies
from analysis.cues import fills, goes_on
from analysis.memory import FAR, Memory
from analysis.nesting import enclosing
from analysis.people import People, Person
from analysis.sources import Source, read_source, single_names
from analysis.words import country_of, words

Spans = tuple[tuple[int, int], ...]
Found = tuple[str | None, str | None, Person | None, str]  # name, role, person, kind
NOBODY: Found = (None, None, None, "none")
_QUOTES = '“"«„”'
_WRITINGS = frozenset(
    [
        "report",
        "reports",
        "poll",
        "survey",
        "statement",
        "document",
        "letter",
        "study",
        "article",
        "tweet",
        "post",
        "update",
        "text",
        "paper",
    ]
)
_NUMBERS = frozenset(["two", "three", "four", "five", "six", "seven", "several", "many", "some", "other", "both"])


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
        self.done: dict[int, Speaker] = {}
        self.memory = Memory(text, self.people, [p for a in attributions for p in a.content], aliases)
        self.bodies = Bodies(text, aliases)

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
        source = self._beside_cue(k) or read_source(a.source, self.text, self.people)
        name, role, person, kind = self._resolve(source, k, at, above)
        if name is None and source.kind == "none" and not a.source:
            name, role, person, kind = self._continued(k)
        reported = above if above and above != name else None
        self.done[k] = Speaker(name, role, reported, self._fills(k, "they" if source.kind == "they" else kind))
        if name and kind != "none":
            place = max((e for _, e in a.content), default=at)
            self.memory.add(at, name, person, kind, place)

    def _beside_cue(self, k: int) -> Source | None:
        """Return the person named beside the cue where the source found stands in another sentence: a cue has its source at hand.

        "Roe left. Doe, a doctor, said it rains": linked to Roe or not, the words are Doe's.
        """
        a = self.given[k]
        if not a.source or not a.cue or self.people.sentence(a.source[0][0]) == (here := self.people.sentence(a.cue[0][0])):
            return None
        start, end = a.cue[0][0], a.cue[-1][1]
        near = [m for m in self.people.within(start - 200, end + 60) if m.sentence == here and not m.owner]
        free = [m for m in near if not any(s <= m.start and m.end <= e for s, e in a.content)]
        before = [m for m in free if m.end <= start and not re.search(r"[“”\";:]", self.text[m.end : start])]
        after = [m for m in free if m.start >= end and m.lead <= end + 2]
        mention = before[-1] if before else after[0] if after else None
        return Source("person", mention.person.name, mention) if mention else None

    def _fills(self, k: int, kind: str) -> float:
        return fills(" ".join(self.text[s:e] for s, e in self.given[k].cue), kind, bool(self.speaker), self.joint)

    def _resolve(self, source: Source, k: int, at: int, above: str | None) -> Found:
        if source.kind == "person" and source.mention:
            person = source.mention.person
            return person.name, person.role(source.mention.end), person, "person"
        if source.kind == "he":
            he = self.memory.last_person(at, source.gender, None, self._silent(k))
            return (he.name, he.role(at), he, "person") if he else NOBODY
        if source.kind == "we":
            name = above or self._quoting(k) or self.speaker
            return name, None, None, "none"
        if source.kind == "who":
            return self._antecedent(k, at)
        if source.kind in ("they", "it"):
            last = self.memory.last_other(at, plural=source.kind == "they")
            return (last.name, None, last.person, last.kind) if last else NOBODY
        if source.kind == "none":
            return NOBODY
        return self._described(source, k, at)

    def _described(self, source: Source, k: int, at: int) -> Found:
        name = source.name
        if source.kind == "office" and not source.owner:
            found = self.memory.office(source, at, self._silent(k))
            return found.name, found.role(at) or (name if found.name != name else source.role), found, "person"
        if source.kind == "group" and source.definite and not source.owner and len(name.split()) <= 2:
            longer = [s.name for s in self.memory.heard(at) if s.kind == "group" and s.name.lower().endswith(f" {name.lower()}")]
            name = longer[-1] if longer and longer[-1].split()[0].lower() not in _NUMBERS else name
        if source.kind in ("body", "group") and name.lower() in ("country", "nation") and not source.owner:
            lands = [s for s in self.memory.heard(at) if s.kind == "body" and country_of(s.name)]
            name = lands[-1].name if lands else name
        if source.owner:
            owner = self._owner(source.owner, k, at)
            whose = f"{owner}’s {name}" if owner else name
            named = self.memory.next_person(at, source) if source.kind == "office" else None
            if named and named.name != owner:
                return named.name, named.role(at), named, "person"
            return whose, source.role, Person(whose, source.gender, unnamed=True) if source.kind == "office" else None, source.kind
        if source.definite and not source.owner and name.lower().split()[-1] in words().stand_for and len(name.split()) <= 4:
            # "the report", "the international body": whoever spoke last as a body, unless one is named in full.
            bodies = [s.name for s in self.memory.heard(at) if s.kind == "body" and self.people.sentence(at) - s.sentence <= FAR]
            if name.lower().split()[-1] not in _WRITINGS:
                bodies = [b for b in bodies if b.lower().split()[-1] not in _WRITINGS] or bodies
            full = self.bodies.full(name, at, [s.name for s in self.memory.heard(at)])
            return full if fold_name(full) != fold_name(name) or not bodies else bodies[-1], source.role, None, "body"
        kind = source.kind
        return self.bodies.full(name, at, [s.name for s in self.memory.heard(at)]) if kind == "body" else name, source.role, None, kind

    def _owner(self, pronoun: str, k: int, at: int) -> str | None:
        if pronoun in ("his", "her"):
            found = self.memory.last_person(at, "f" if pronoun == "her" else "m", None, self._silent(k))
            return found.name if found else None
        if pronoun in ("my", "our"):
            return self._quoting(k) or self.speaker
        last = self.memory.last_other(at, plural=pronoun == "their")
        return last.name if last else None

    def _antecedent(self, k: int, at: int) -> Found:
        """Return what a relative pronoun points back to: the name or noun right before it."""
        if named := self.memory.name_before(at):
            return named.person.name, named.person.role(named.end), named.person, "person"
        noun = self.memory.noun_before(at)
        source = read_source((noun,), self.text, self.people) if noun else None
        if noun is None or source is None or source.kind not in ("person", "office", "body", "group"):
            return NOBODY
        return self._resolve(source, k, noun[0], None)

    def _quoting(self, k: int) -> str | None:
        """Return who is quoted at a first person that no content encloses: the last speaker, if the place is inside quotation marks."""
        at = self._at(k)
        opened = max(self.text.rfind("“", 0, at), self.text.rfind("„", 0, at))
        if opened < 0 or self.text.rfind("”", opened, at) >= 0:
            return None
        before = self.memory.heard(at)
        return before[-1].name if before else None

    def _silent(self, k: int) -> str | None:
        """Return who is being quoted around an attribution: nobody calls himself "he"."""
        outer = self.outer[k]
        return self.done[outer].name if outer is not None and outer in self.done and self._direct(outer) else None

    def _direct(self, k: int) -> bool:
        content = self.given[k].content
        return bool(content) and self.text[content[0][0] : content[0][0] + 1] in tuple(_QUOTES)

    def _continued(self, k: int) -> Found:
        """Return the speaker of the quotation that an attribution without source goes on with."""
        content = self.given[k].content
        outer = self.outer[k]
        if not content:
            return NOBODY
        start = content[0][0]
        cue = " ".join(self.text[s:e] for s, e in self.given[k].cue)
        if outer is None and goes_on(cue) and (heard := self.memory.heard(start)):
            # "It was stressed that …": whose account this is has been said before.
            last = next((s for s in reversed(heard) if s.person), heard[-1])
            if self.people.sentence(start) - last.sentence <= 3:
                return last.name, last.person.role(start) if last.person else None, last.person, last.kind
        before = self.text[:start].rstrip(_QUOTES + " \t")
        opens = any(c in _QUOTES for c in self.text[max(0, start - 1) : start + 1])
        if self.given[k].cue and not opens:
            return NOBODY
        prior = [s for s in self.memory.heard(start + 1000) if s.place <= start + 1]
        if outer is not None or not prior or not opens:
            return NOBODY
        last = max(prior, key=lambda s: (max(s.place, s.at), s.at))
        gap = self.text[max(last.place, last.at) : len(before)]
        if gap.count("\n\n") + len(re.findall(r"(?<!\n)\n(?!\n)", gap)) <= 1 and len(gap) <= 400:
            return last.name, last.person.role(start) if last.person else None, last.person, last.kind
        return NOBODY
