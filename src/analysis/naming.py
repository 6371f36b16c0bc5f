"""Where a text names persons: runs of capitalised words, with the office before or behind them."""

from dataclasses import dataclass

from analysis.words import Token, tokenize, words

LINKS = frozenset(("of", "for", "to", "on"))
REACH = 12  # how many words of a role are looked at
_BEFORE_SURNAME = frozenset(["Mr.", "Mr", "Mrs.", "Mrs", "Ms.", "Ms", "Miss", "Dr.", "Dr"])


@dataclass(frozen=True)
class Name:
    """A run of words that may be a person's name."""

    first: int
    last: int
    lead: int
    role: str | None
    gender: str | None
    titled: bool
    apposition: str | None


class Names:
    """The words of a headline and a text, and the runs of them that may be names.

    Parameters
    ----------
    text, title : str
        Article and headline. Places in the headline count as negative positions: it stands before the text.
    """

    def __init__(self, text: str, title: str) -> None:
        self.text, self.title, self.shift = text, title, len(title) + 2
        head = [Token(t.text, t.start - self.shift, t.end - self.shift, t.sentence - 1_000_000) for t in tokenize(title)]
        self.tokens = head + tokenize(text)

    def words(self, i: int, j: int) -> str:
        """Return the text from token i to token j, both included."""
        a, b = self.tokens[i].start, self.tokens[j].end
        return " ".join((self.title[a + self.shift : b + self.shift] if b < 0 else self.text[max(a, 0) : b]).split())

    def find(self) -> list[Name]:
        """Return the runs that may be names, in order and without overlap."""
        found, i, tokens = [], 0, self.tokens
        while i < len(tokens):
            if not self._may_name(i):
                i += 1
                continue
            j = i
            while (after := self._next_part(i, j)) is not None:
                j = after
            # "President of Freedonia John Roe": the name begins with the given name.
            given, before = words().given, tokens[i - 1].text if i else ""
            office = before in LINKS or before in words().not_name or before.lower() in words().inside
            if j - i >= 2 and office and tokens[i].text.lower() not in given and tokens[i + 1].text.lower() in given:
                i += 1
            lead, role, gender, titled = self._before_name(i, j)
            found.append(Name(i, j, lead, role, gender, titled, self._after_name(j)))
            i = j + 1
        return found

    def _may_name(self, i: int) -> bool:
        t, w = self.tokens[i], words()
        if not t.capital or (len(t.text) > 1 and t.text.isupper() and "." not in t.text):
            return False
        low = t.text.lower()
        if i and self.tokens[i - 1].text in _BEFORE_SURNAME and low.rstrip(".") not in ("president", "speaker", "secretary", "ambassador"):
            return True  # "Mr. King" is no king
        if t.text in w.not_name:
            # "Jan Roe", "April Roe": a month that is a given name and stands before a surname.
            after = self.tokens[i + 1] if i + 1 < len(self.tokens) else t
            return (
                low in w.given and after.start == t.end + 1 and after.capital and not after.text.isupper() and after.text not in w.not_name
            )
        if low in w.given:
            return True
        return ("." not in t.text[1:] and low not in w.role and low not in w.honorific and low not in w.body and low not in w.group) or (
            len(t.text) == 2 and t.text[1] == "."
        )  # fmt: skip

    def _next_part(self, i: int, j: int) -> int | None:
        """Return the index of the next word of the name that runs from i to j, or None where it ends."""
        if j + 1 >= len(self.tokens) or j - i > 4 or self.tokens[j + 1].start != self.tokens[j].end + 1:
            return None
        t = self.tokens[j + 1]
        if (
            t.text in words().particles
            and j + 2 < len(self.tokens)
            and (self.tokens[j + 2].capital or self.tokens[j + 2].text in words().particles)
        ):
            k = j + 2 if self.tokens[j + 2].capital else j + 3
            return k if k < len(self.tokens) and self.tokens[k].capital else None
        if self._may_name(j + 1) or t.text in ("II", "III", "IV", "Jr.", "Sr."):
            return j + 1
        # A surname may look like another word ("Theresa May", "Ned Price"): trust it behind a given name only.
        known = self.tokens[i].text.lower() in words().given and j == i
        sound = t.capital and len(t.text) > 2 and not t.text.isupper() and not t.text.endswith("day") and t.text not in words().role_capital
        another = (
            j + 2 < len(self.tokens) and self.tokens[j + 2].capital and self.tokens[j + 2].start == t.end + 1
        )  # "Charlotte Mayor Jane Roe"
        return j + 1 if known and sound and not another and t.text.lower() not in words().body else None

    def _before_name(self, i: int, j: int) -> tuple[int, str | None, str | None, bool]:
        """Return where role and title before a name begin, the role, the gender they tell, and whether there is any."""
        w, tokens, end = words(), self.tokens, i - 1
        after = tokens[j + 1].text if j + 1 < len(tokens) else ","
        if end > 0 and tokens[end].text == "," and tokens[end - 1].text.lower() in w.role and after in (",", ".", "’s", "'s"):
            end -= 1  # "his campaign manager, Jane Roe,"
        elif end > 1 and tokens[end].text == "," and after == "," and self._opens_role(end - 1):
            end -= 1  # "the secretary of the council, Jane Roe,"
        low = tokens[end].text.lower() if end >= 0 else ""
        if (
            end < 0
            or tokens[end].sentence != tokens[i].sentence
            or not (low in w.role or low in w.honorific or low in w.inside or tokens[end].capital)
        ):
            return tokens[i].start, None, None, False
        k, heads, crossed = end, [], False
        while k >= max(0, end - REACH) and tokens[k].sentence == tokens[i].sentence:
            t = tokens[k].text
            low = t.lower()
            inner = k < end and tokens[k + 1].text
            if low in w.role or low in w.honorific:
                heads.append(k)
            elif low in LINKS:
                # "an ally of President Roe": the office next to the name is the name's, what stands before is not.
                crossed = crossed or (inner == "the" and tokens[k - 1].text.lower() == "office")
                if heads and heads[0] == end and not crossed:
                    break
            elif low == "the":
                if not (k > 0 and tokens[k - 1].text.lower() in LINKS):
                    break
            elif t in ("’s", "'s"):
                if not (k > 0 and tokens[k - 1].capital):
                    break
            elif not (
                low in w.inside
                or (tokens[k].capital and (t not in w.not_name or low in w.country or t in w.role_capital))
                or ("-" in t and len(t) > 1)
            ):
                break
            k -= 1
        if not heads:
            return tokens[i].start, None, None, False
        between = tokens[heads[0] + 1].text.lower() if heads[0] < end else ""
        if heads[0] < end and between not in LINKS:
            return tokens[i].start, None, None, False
        start = k + 1
        while tokens[start].text.lower() in LINKS or tokens[start].text in ("the", "The", "’s", "'s", "-"):
            start += 1
        if start > end:
            return tokens[i].start, None, None, False
        gender = next((w.gender[tokens[h].text.lower()] for h in heads if tokens[h].text.lower() in w.gender), None)
        bare = (
            start == end
            and tokens[end].text.lower() in w.honorific
            and (gender or tokens[end].text.rstrip(".") in ("Dr", "Prof", "St", "Hon"))
        )
        return tokens[start].start, None if bare else self.words(start, end), gender, True

    def _opens_role(self, end: int) -> bool:
        """Whether the words that end at a token are a role with its office: ``the secretary of the Security Council``."""
        w, k = words(), end
        while k > max(0, end - REACH) and self.tokens[k].sentence == self.tokens[end].sentence:
            low = self.tokens[k].text.lower()
            if low in w.role and k < end and self.tokens[k + 1].text.lower() in LINKS:
                return (
                    self.tokens[k - 1].text.lower() in ("the", "a", "an", "former", "his", "her", "its", "their")
                    or self.tokens[k - 1].capital
                )
            if not (self.tokens[k].capital or low in LINKS or low in ("the", "and", "’s", "'s") or low in w.inside):
                return False
            k -= 1
        return False

    def _after_name(self, j: int) -> str | None:
        """Return the role given behind a name, between commas: ``Jane Roe, a spokeswoman for the ministry,``."""
        w, tokens, k = words(), self.tokens, j + 1
        if k + 1 >= len(tokens) or tokens[k].text != ",":
            return None
        k += 1
        if tokens[k].text[0].isdigit() and k + 2 < len(tokens) and tokens[k + 1].text == ",":
            k += 2  # an age
        article = tokens[k].text in ("a", "an", "the")
        first = k + article
        head = None
        for i in range(first, min(len(tokens), first + 8)):
            t, low = tokens[i].text, tokens[i].text.lower()
            if low in w.role:
                head = i
                break
            fits = (
                low in w.inside
                or (tokens[i].capital and (t not in w.not_name or low in w.country or t in w.role_capital))
                or t in ("’s", "'s", "-")
            )
            if not (fits or (article and t.isalpha() and t.islower() and low not in words().clause)):
                return None
        if head is None or not tokens[first].text[0].isalpha():
            return None
        last = head
        while (
            last + 1 < len(tokens)
            and tokens[last + 1].sentence == tokens[j].sentence
            and last - head < REACH
            and _continues(tokens[last + 1])
        ):
            last += 1
        after = tokens[last + 1].text if last + 1 < len(tokens) else "."
        if after.isalpha() and tokens[first - 1].text == "the":
            return None  # "To the call of Jane Roe, the president replied": a new clause, no apposition
        return self.words(first, last)


def _continues(t: Token) -> bool:
    """Whether a word may still belong to a role behind its head noun: ``on foreign policy issues``."""
    return (
        (t.text[0].isalpha() or t.text in ("’s", "'s", "-", "’"))
        and t.text.lower() not in words().clause | words().says
        and not (t.text.endswith("ed") and t.text not in words().inside)
    )
