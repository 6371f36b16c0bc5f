"""Ministries, agencies, alliances: short names made full, spellings joined."""

import re

from analysis.aliases import Aliases, fold_name
from analysis.words import country_of, words


class Bodies:
    """The bodies a text names in full."""

    def __init__(self, text: str, aliases: Aliases) -> None:
        self.text, self.aliases = text, aliases
        self.named = self._named()

    def full(self, name: str, at: int, spoke: list[str]) -> str:
        """Return the full name of a body: "the ministry" is the last one named in full, "ISW" the one whose initials it is.

        Parameters
        ----------
        name : str
            As the text says it, without article.
        at : int
            Where it stands; what is named later is not looked at.
        spoke : list of str
            Who has spoken so far: a ministry without country is that of the last country among them.
        """
        low = fold_name(name)
        if low in words().body or ("inistry" in name and not country_of(name)):
            need = [w for w in low.split() if w != "country"]
            name = " ".join(w for w in name.split() if fold_name(w) != "country")
            fitting = [(where, full) for where, full in self.named if set(need) <= set(fold_name(full).split()) and fold_name(full) != low]
            before = [full for where, full in fitting if where < at and (country_of(full) or len(need) == 1)]
            if before:
                return body_name(before[-1], self.aliases)
            if low == "ministry" or "inistry" in name:
                lands = [who for who in spoke if country_of(who)]
                if lands and (adjective := words().adjective.get(next(iter(country_of(lands[-1]))))):
                    return body_name(f"{adjective} {name.title() if name.islower() else name}", self.aliases)
        if name.isupper() and 2 < len(name) < 7 and self.aliases.any(name) == name:
            for _, full in self.named:
                if "".join(w[0] for w in full.split() if w[0].isupper()) == name:
                    return body_name(full, self.aliases)
        return body_name(name, self.aliases)

    def _named(self) -> list[tuple[int, str]]:
        """Return where bodies are named in full: capitalised words that end in one such as Ministry."""
        inner = r"(?:(?:[A-Z]\.){2,3}|[A-Z][\w-]*(?:[’']s)?)"
        heads = "|".join(sorted({b.title() for b in words().body if b.isalpha() and len(b) > 3}))
        names = re.finditer(
            rf"\b(?:{inner} ){{1,4}}(?:{heads})\b(?: of (?:the )?{inner}(?: {inner})?)?|\b(?:{heads}) (?:of|for) (?:the )?{inner}(?: (?:of |and )?{inner}){{0,3}}",
            self.text,
        )
        return [(m.start(), re.sub(r"^The ", "", m[0])) for m in names]


def body_name(name: str, aliases: Aliases) -> str:
    """Return the joined name of a body: ``Russia’s Ministry of Defence`` becomes ``Russian Defense Ministry``."""
    adjective = words().adjective
    plain = " ".join(name.split())
    own = re.match(r"^(.+?)[’']s? (.+)$", plain)
    if own and "inistry" in own[2] and len(own[1].split()) <= 2 and (lands := country_of(own[1])):
        plain = f"{adjective.get(next(iter(lands)), own[1])} {own[2]}"
    if "inistry" in plain and plain[:1].isupper():
        plain = re.sub(r"\b(foreign|defen[cs]e|interior|finance|energy|health|justice|ministry)\b", lambda m: m[0].title(), plain)
    plain = re.sub(r"\b(Ministry|Department) of (?:the )?((?:National )?(?:Foreign Affairs|[A-Z][a-z]+))(?=$| of\b)", r"\2 \1", plain)
    plain = re.sub(r"\bForeign Affairs Ministry\b", "Foreign Ministry", re.sub(r"\bDefence (?=Ministry|Department)", "Defense ", plain))
    if plain.isupper() and len(plain) > 6:
        plain = plain.title()
    return aliases.any(plain)
