"""Days as newspapers and files write them."""

import re
from datetime import UTC, date, datetime

_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december")
MONTH = r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)"
_WEEKDAY = r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*[.,]?\s+)?"
# What may follow the day: nothing, or a time of day with whatever zone.
_TIME = r"(?:(?:[\s,|–—-]|at)*\d{1,2}[:.]\d{2}.{0,30})?"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        r"(?P<y>\d{4})(?P<s>[-/._])(?P<m>\d{1,2})(?P=s)(?P<d>\d{1,2})(?:[T\s].{0,40})?",
        r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})",
        rf"(?P<d>\d{{1,2}})\.\s?(?P<m>\d{{1,2}})\.\s?(?P<y>\d{{4}}){_TIME}",
        rf"{_WEEKDAY}(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\.?(?:\s+of)?[\s-]+(?P<m>{MONTH})\.?,?[\s-]+(?P<y>\d{{4}}){_TIME}",
        rf"{_WEEKDAY}(?P<m>{MONTH})\.?\s+(?P<d>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<y>\d{{4}}){_TIME}",
    )
)
_EITHER = re.compile(rf"(\d{{1,2}})([/-])(\d{{1,2}})\2(\d{{4}}){_TIME}")
_LABEL = re.compile(
    r"(?:first published|published|posted|date|last updated|updated|last modified|modified)(?: (?:on|at))?\s*:?\s+", re.IGNORECASE
)


def parse_date(value: str) -> date | None:
    """Read one day.

    Parameters
    ----------
    value : str
        ISO 8601 with or without a time, ``20211227``, ``27.12.2021``, ``27 December 2021``, ``Dec. 27, 2021``, a weekday in
        front, a time behind, or seconds or milliseconds since 1970. The day is taken as written, in the zone it is written in.

    Returns
    -------
    datetime.date or None
        None where it is no date, no possible day, or can be read in two ways (``03/04/2022``).
    """
    value = value.strip().strip("()[]").strip()
    for form in _FORMS:
        found = form.fullmatch(value)
        if found:
            month = found["m"]
            return _day(found["y"], month if month.isdigit() else str(_number(month)), found["d"])
    either = _EITHER.fullmatch(value)
    if either:
        first, _, second, year = either.groups()
        days = {_day(year, second, first), _day(year, first, second)} - {None}
        return days.pop() if len(days) == 1 else None
    if re.fullmatch(r"\d{9,10}|\d{12,13}", value):
        return datetime.fromtimestamp(int(value[:-3] if len(value) > 10 else value), UTC).date()
    return None


def date_line(line: str) -> date | None:
    """Return the day a line gives if it does nothing else: ``27 December 2021``, ``Published: Dec. 27, 2021 10:30 GMT``."""
    if len(line) > 80:
        return None
    return parse_date(_LABEL.sub("", line, count=1) if _LABEL.match(line) else line)


def _number(month: str) -> int:
    return next(i for i, name in enumerate(_MONTHS, 1) if name.startswith(month.lower()[:3]))


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
