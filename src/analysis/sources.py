"""What the words of a source are: a person by name, an office, a pronoun, a body, a group."""

import re
from dataclasses import dataclass, replace
from typing import Literal

from analysis.aliases import fold_name
from analysis.people import Mention, People
from analysis.words import Token, country_of, words

Kind = Literal["person", "office", "he", "they", "we", "who", "it", "body", "group", "none"]
PRONOUNS: dict[str, Kind] = {
    **dict.fromkeys(("he", "him", "his", "himself", "she", "her", "hers", "herself"), "he"),
    **dict.fromkeys(("they", "them", "their", "theirs", "themselves"), "they"),
    **dict.fromkeys(("i", "me", "my", "mine", "myself", "we", "us", "our", "ours", "ourselves"), "we"),
    **dict.fromkeys(("who", "whom", "whose", "which", "that"), "who"),
    **dict.fromkeys(("it", "its", "itself"), "it"),
    **dict.fromkeys(("you", "your", "one", "this", "there", "what"), "none"),
}  # fmt: skip
FEMALE = frozenset(("she", "her", "hers", "herself"))
_OWNED = re.compile(r"^(his|her|their|its|my|our) (.+)", re.IGNORECASE | re.DOTALL)
_ARTICLE = re.compile(r"^(?:the|an?|this|that|these|those|but|and|even|only|also|while|(?:some|both)(?! of\b))\s+", re.IGNORECASE)
_TAIL = re.compile(r"\s*(?:,|\(|;|–|—| - |\b(?:who|whom|whose|which|that)\b).*$", re.DOTALL)
_WRITTEN = re.compile(
    r"(?:an?|the|its|new|recent|latest|[a-z]+) ?(?:[a-z]+ ){0,2}(?:statement|report|update|letter|document|study|briefing|post|release|note|text|poll|survey|video|tweet)s? "
    r"(?:from|by|of|released by|issued by|published by) (?:the )?(.+?)(?: (?:on|last|earlier|late|this) .*)?$",
    re.DOTALL,
)
_PAPER = re.compile(
    r"(?:the )?(?:([A-Z].*?|(?:[a-z]+ )?[a-z]+?)[’']s|((?:[\w.]+ )?media)) (?:[a-z-]+ ){0,2}"
    r"(?:review|report|statement|readout|study|analysis|assessment|poll|survey|data|figures|estimate|editorial|article|website|account)s?(?: .*)?$",
    re.DOTALL,
)
_EDGE = " \t\n\r\xa0\"'“”‘’«»„,.;:–—-()[]*"


@dataclass(frozen=True)
class Source:
    """A source as read: what it is, its words without article and clauses, the person named, and a role."""

    kind: Kind
    name: str
    mention: Mention | None = None
    role: str | None = None
    gender: str | None = None
    owner: str | None = None
    definite: bool = True


def single_names(text: str, spans: list[tuple[int, int]]) -> set[str]:
    """Return the single capitalised words, folded, that stand alone as sources: surnames, if they are no place or body."""
    w, found = words(), set()
    for start, end in spans:
        name = re.sub(r"[’']s?$", "", text[start:end].strip(_EDGE)).strip()
        # "Jane Roe a former envoy": a comma left out hides no name.
        if full := re.match(r"([A-Z][^\W\d_]+) ([A-Z][^\W\d_]+) an? (?:former |senior |retired )?[a-z]", name):
            if not {full[1], full[2]} & w.not_name and not {full[1].lower(), full[2].lower()} & (
                w.body | w.group | w.role | w.country.keys()
            ):
                found.add(fold_name(full[2]))
            continue
        low = name.lower()
        plain = re.fullmatch(r"[^\W\d_][^\W\d_’'-]+(?:[-’'][^\W\d_]+)*", name)
        if (
            plain
            and name[0].isupper()
            and not name.isupper()
            and name not in w.not_name
            and low not in (w.body | w.group | w.role | w.country.keys() | PRONOUNS.keys())
        ):
            found.add(fold_name(name))
    return found


def read_source(pieces: tuple[tuple[int, int], ...], text: str, people: People) -> Source:
    """Say what the words of a source are.

    Parameters
    ----------
    pieces : tuple of (int, int)
        The source, half-open, in characters of ``text``.
    text : str
        The article.
    people : People
        The persons the article names.

    Returns
    -------
    Source
    """
    pieces = tuple((s, e) for s, e in pieces if text[s:e].strip(_EDGE))
    if not pieces:
        return Source("none", "")
    whole = " ".join(" ".join(text[s:e].split()) for s, e in pieces)
    bare = whole.strip(_EDGE)
    low = re.sub(r"[’']s?$", "", bare).lower()
    # "us" is a pronoun, "US" a country.
    if low in PRONOUNS and bare != "US":
        return Source(PRONOUNS[low], bare, gender=("f" if low in FEMALE else "m") if PRONOUNS[low] == "he" else None)
    mentions = [m for s, e in pieces for m in people.within(s, e)]
    tokens = [t for s, e in pieces for t in people.span(s, e)]
    head = _named(mentions, tokens, text)
    if head:
        unknown = re.match(r",? (?:and|&) ([A-Z][\w’'-]+(?: [A-Z][\w’'-]+){1,2})\W*$", text[head.end : pieces[-1][1]])
        if unknown and unknown[1].split()[0] not in words().not_name:
            return Source("group", f"{head.person.name} and {unknown[1]}")
        others = [m for m in mentions if _joined(head, m, tokens, text)]
        if others:
            return Source("group", " and ".join(dict.fromkeys(m.person.name for m in (head, *others))))
        return Source("person", head.person.name, head)
    # "RAND researchers" speak for RAND.
    if of := re.match(r"(?:the )?([A-Z]{3,}) (?:researcher|analyst|expert|author|scientist)s$", bare):
        return Source("body", of[1])
    if handle := re.search(r"@([A-Z][a-z]+)([A-Z][a-z]+)\b", bare):
        return Source(
            "person",
            f"{handle[1]} {handle[2]}",
            Mention(people.named(f"{handle[1]} {handle[2]}"), pieces[0][0], pieces[0][1], pieces[0][0], 0, False, False),
        )
    # "an update from the ministry" is the ministry's.
    written = _WRITTEN.match(bare)
    if written and written[1][0].isupper():
        return replace(_description(written[1], tokens, []), definite=True)
    # "the institute’s annual review", "local media reports": whose they are.
    owned = _PAPER.match(bare)
    if owned and not mentions and (owned[2] or owned[1][0].isupper() or owned[1].split()[-1] in words().body):
        return _description(owned[1] or owned[2], tokens, [])
    return _description(bare, tokens, mentions)


def _named(mentions: list[Mention], tokens: list[Token], text: str) -> Mention | None:
    """Return the mention that is the head of the source: not the owner of something, not behind a preposition, not before a noun."""
    last = tokens[-1] if tokens else None
    for m in mentions:
        inside = [t for t in tokens if t.start >= m.end]
        after = inside[0] if inside else None
        if m.owner and after and after.text in ("’s", "'s", "’", "'") and last is not after:
            continue
        if (
            after
            and after.start <= m.end + 1
            and after.text[0].isalpha()
            and (after.text.lower() in words().body | words().group or after.text.lower() in words().role)
        ):
            continue  # "the Roe campaign", "Roe allies"
        before = [t for t in tokens if t.end <= m.lead]
        opening = [t.text.lower() for t in before]
        since_comma = opening[len(opening) - opening[::-1].index(",") :] if "," in opening else opening
        # "a spokesman for Mr. Roe" is not Roe; "head of the regional administration Jane Roe" is.
        close = since_comma[-1] if since_comma else ""
        if close in words().preposition or (close in ("the", "a", "an", "and") and any(t in words().preposition for t in since_comma)):
            continue
        if any(t in words().preposition for t in since_comma) and not any(t in words().role for t in since_comma):
            continue
        if since_comma and since_comma[-1] in ("’s", "'s") and m.lead == m.start:
            continue
        return m
    return None


def _joined(head: Mention, other: Mention, tokens: list[Token], text: str) -> bool:
    if other.person is head.person or other.start < head.end:
        return False
    between = text[head.end : other.lead].strip()
    return between in ("and", "&", ", and", ",") and not other.owner


def _description(bare: str, tokens: list[Token], mentions: list[Mention]) -> Source:
    w = words()
    owned = _OWNED.match(bare)
    rest = owned[2] if owned else bare
    role = None
    short = rest
    while (cut := _ARTICLE.sub("", short)) != short:
        short = cut
    core = _TAIL.sub("", short).strip(_EDGE) or short
    tail = short[len(core) :].strip(_EDGE)
    if tail and len(tail.split()) <= 12 and "," in short[len(core) : len(core) + 3]:
        role = re.sub(r"^(?:an?|the) ", "", tail)
    core = re.sub(r"[’']s?$", "", core).strip(_EDGE)
    # The head noun stands before the first preposition: "a spokesman for the ministry", "head of the mission".
    front: list[str] = []
    for part in core.split():
        if part.lower() in words().preposition and front:
            break
        front.append(part.lower().strip(_EDGE))
    # "secretary general", "editor in chief": the office may not be the last word.
    noun = front[-1] if front else ""
    definite = not re.match(r"^(?:an?|one|another|some|several|any|many|most|two|three)\s", bare, re.IGNORECASE)
    gender = next((w.gender[x] for x in front if x in w.role and x in w.gender), None)
    owner = owned[1].lower() if owned else None
    if noun in w.group or (noun.endswith("s") and noun[:-1] in w.role):
        return Source("group", core, owner=owner, definite=definite)
    if mentions and any(m.owner for m in mentions):
        definite = False  # "Roe’s wife" is nobody named before
    if (
        noun in w.role
        or noun in ("general", "chief", "envoy")
        or (len(front) > 1 and front[-2] in w.role and noun in ("general", "elect", "designate"))
    ):
        return Source("office", core, role=role, gender=gender, owner=owner, definite=definite)
    if noun in w.body or country_of(core) or (core[:1].isupper()):
        return Source("body", core, role=role, owner=owner, definite=definite)
    return Source("group", core, role=role, owner=owner, definite=definite)
