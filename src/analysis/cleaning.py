"""One document's text becomes an article's: headline, dateline, date and page furniture each to their place, the rest untouched."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from analysis.dates import MONTH, date_line, parse_date
from analysis.decoding import normalise
from analysis.furniture import is_furniture

AGENCIES = (
    "AA", "Anadolu", "Anadolu Agency", "AP", "Associated Press", "Reuters", "Thomson Reuters", "AFP", "Agence France-Presse", "dpa", "DPA", "ANSA", "EFE",
    "TASS", "Itar-Tass", "RIA", "RIA Novosti", "Sputnik", "Interfax", "Interfax-Ukraine", "Ukrinform", "UNIAN", "Xinhua", "Kyodo", "Kyodo News", "Yonhap",
    "UPI", "PTI", "ANI", "IANS", "APA", "PAP", "CTK", "MTI", "BTA", "BNS", "LETA", "ELTA", "BELTA", "BelTA", "Trend", "WAM", "SPA", "QNA", "IRNA", "MENA",
    "CNN", "Bloomberg", "RFE/RL", "VOA", "UN News", "Politico", "CNBC", "NHK", "KUNA", "Petra", "SANA", "KCNA", "Tanjug", "HINA",
)  # fmt: skip
_AGENCY = "|".join(re.escape(name) for name in sorted(AGENCIES, key=len, reverse=True))
_CAPITALS = r"[A-ZÀ-ÖØ-Þ](?:[A-ZÀ-ÖØ-Þ'’.]|-(?=[A-ZÀ-ÖØ-Þ]))+"
_NAME = rf"{_CAPITALS}(?: {_CAPITALS}){{0,3}}"
_CITY = rf"(?P<city>{_NAME}(?:(?:/| and |, ){_NAME}){{0,2}})"
_PLAIN_CITY = r"(?P<city>[A-ZÀ-ÖØ-Þ][\w'’.-]+(?: [A-ZÀ-ÖØ-Þ][\w'’.-]+){0,3})"
_REGION = rf"(?:, (?!{MONTH}\b)(?:[A-Z][\w.'’-]+)(?: [A-Z][\w.'’-]+){{0,2}})?"
_DAY = rf"(?:[,.] (?P<day>(?:{MONTH})\.? \d{{1,2}}(?:, \d{{4}})?|\d{{1,2}} (?:{MONTH})\.?(?: \d{{4}})?))?"
_DASH = r"(?:--?|[–—―])"
_GIVEN = rf"(?:\((?P<agency>{_AGENCY})\)\s?{_DASH}?|\.? ?/(?P<slashed>{_AGENCY})/\.?)(?:\s|$)"
_DATELINES = (
    re.compile(rf"{_CITY}{_REGION}{_DAY}[.]?\s?{_GIVEN}\s*"),
    # In small letters a city needs the agency behind it and a dash, else it may be the subject of the sentence.
    re.compile(rf"{_PLAIN_CITY}{_REGION}{_DAY}\s\((?P<agency>{_AGENCY})\)\s?{_DASH}(?:\s|$)\s*"),
    re.compile(rf"\((?P<agency>{_AGENCY})\)\s?{_DASH}(?:\s|$)\s*"),
    re.compile(rf"{_CITY}{_REGION}{_DAY}\s?(?:--|[–—―])(?:\s|$)\s*"),
)
_NO_CITY = re.compile(
    r"(?:[A-Z]{1,3}|[A-Z]\.(?:[A-Z]\.?)*|(?:MR|MRS|MS|DR)\..*|NATO|CSTO|OSCE|UNESCO|UNICEF|OPEC|BRICS|AUKUS|IAEA|G20|BREAKING(?: NEWS)?|LIVE(?: UPDATES)?|UPDATED?|EXCLUSIVE|WATCH|ANALYSIS|"
    r"OPINION|EXPLAINER|FACTBOX|CORRECTION|NOTE|EDITOR.*|QUESTION|ANSWER|PRESIDENT.*|SECRETARY.*|MINISTER.*|SPEAKER.*|MODERATOR.*)"
)
_TURN = re.compile(rf"(?:{_CAPITALS} ?){{1,6}}(?:\([^)]*\))?:")
_BYLINE = re.compile(
    r"By ((?:[A-ZÀ-ÖØ-Þ][\w.'’-]+|(?:de|van|von|der|al|bin))(?: (?:[A-ZÀ-ÖØ-Þ][\w.'’-]+|(?:de|van|von|der|al|bin))){1,3}(?:(?:,| and) [A-ZÀ-ÖØ-Þ][\w.'’-]+(?: [A-ZÀ-ÖØ-Þ][\w.'’-]+){1,3})*)"
)
_TITLE_LENGTH = range(8, 201)


@dataclass
class Cleaned:
    """The parts of a document; missing ones are empty."""

    text: str
    title: str = ""
    city: str = ""
    agency: str = ""
    author: str = ""
    published: date | None = None
    removed: list[str] = field(default_factory=list)


def clean(raw: str, title: str = "") -> Cleaned:
    """Take apart a document.

    Parameters
    ----------
    raw : str
        The document as its file has it.
    title : str
        Headline, where the file gives it apart from the text.

    Returns
    -------
    Cleaned
        ``text`` has its paragraphs apart by one blank line. Every character of the document that is not white space is in
        ``text``, ``title`` or ``removed``.
    """
    result = Cleaned("", title=" ".join(normalise(title).split()))
    kept: list[str] = []
    for paragraph in paragraphs(normalise(raw)):
        if is_furniture(paragraph) or (not kept and result.title and paragraph.casefold() == result.title.casefold()):
            result.removed.append(paragraph)
        else:
            kept.append(paragraph)
    kept = _take_title(kept, result)
    kept = _take_lines(kept, result)
    result.text = "\n\n".join(_take_dateline(kept, result))
    return result


def paragraphs(text: str) -> list[str]:
    """Split a normalised text at blank lines, and at single line ends unless they only wrap a paragraph at a fixed width."""
    found: list[str] = []
    for block in re.split(r"\n\n+", text):
        lines = [line for line in block.split("\n") if line]
        head = [lines.pop(0)] if len(lines) > 1 and is_furniture(lines[0]) else []
        tail = [lines.pop()] if len(lines) > 1 and is_furniture(lines[-1]) else []
        found += [*head, *([" ".join(lines)] if _wrapped(lines) else lines), *tail]
    return found


def _wrapped(lines: list[str]) -> bool:
    full = [len(line) for line in lines[:-1]]
    if (
        not full
        or not 40 <= max(full) <= 120
        or max(full) - min(full) > 30
        or len(lines[-1]) > max(full) + 10
        or any(map(_TURN.match, lines[1:]))
    ):
        return False
    # A list of short paragraphs ends its lines with sentences; wrapped lines mostly break off.
    return sum(line.endswith((".", "!", "?", "”", '"', ":")) for line in lines[:-1]) <= len(full) / 3


def _take_title(kept: list[str], result: Cleaned) -> list[str]:
    first = kept[0] if kept else ""
    if result.title or len(kept) < 2 or len(first) not in _TITLE_LENGTH:
        return kept
    ends = first.rstrip("”\"’')").endswith((".", "…", ":", ";", ",", "—", "–", "-"))
    if ends or date_line(first) or _BYLINE.fullmatch(first) or _TURN.match(first) or _dateline(first):
        return kept
    result.title = first
    return kept[1:]


def _take_lines(kept: list[str], result: Cleaned) -> list[str]:
    """Take out lines that give nothing but the day or the author, near either end of the article."""
    rest, dates = [], []
    for place, paragraph in enumerate(kept):
        near = place < 6 or place >= len(kept) - 2
        day = date_line(paragraph) if near else None
        byline = _BYLINE.fullmatch(paragraph) if place < 6 and not result.author else None
        if day:
            dates.append((bool(re.match(r"(?:last )?(?:updated|modified)", paragraph, re.IGNORECASE)), place, day))
        if byline:
            result.author = byline.group(1)
        if day or byline:
            result.removed.append(paragraph)
        else:
            rest.append(paragraph)
    # The day it came out stands before the day it was changed.
    result.published = min(dates)[2] if dates else None
    return rest


def _take_dateline(kept: list[str], result: Cleaned) -> list[str]:
    for place, paragraph in enumerate(kept[:5]):
        found = _dateline(paragraph)
        if not found:
            continue
        parts = found.groupdict()
        result.city = _written(parts.get("city") or "")
        result.agency = parts.get("agency") or parts.get("slashed") or ""
        # Most datelines have no year; then the day is kept in `removed` and no year is made up.
        result.published = result.published or parse_date(parts.get("day") or "")
        result.removed.append(found.group().strip())
        rest = paragraph[found.end() :]
        return [*kept[:place], *([rest] if rest else []), *kept[place + 1 :]]
    return kept


def _dateline(paragraph: str) -> re.Match[str] | None:
    for form in _DATELINES:
        found = form.match(paragraph)
        if found and not _NO_CITY.fullmatch(found.groupdict().get("city") or "-"):
            return found
    return None


def _written(city: str) -> str:
    """Write a city as in a sentence: ``RIO DE JANEIRO`` becomes ``Rio de Janeiro``; mixed case stays."""
    if re.sub(r" and ", "", city).upper() != re.sub(r" and ", "", city):
        return city
    small = {"and", "de", "la", "du", "of", "the", "el", "al"}
    words: Iterable[str] = re.split(r"([ /-])", city.lower())
    return "".join(word if word in small and place else word[:1].upper() + word[1:] for place, word in enumerate(words))
