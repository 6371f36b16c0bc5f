"""Whether a person holds the office a text speaks of: "the top diplomat", "the NATO chief"."""

import re
from functools import lru_cache

from analysis.aliases import fold_name
from analysis.people import Person
from analysis.words import country_of, words

# Offices of two words made one, so that a prime minister is no minister of the others' kind and a press secretary is a spokesman.
_ONE_WORD = (
    (r"\bprime minister\b", "premier"),
    (r"\bsecretary general\b", "secretary-general"),
    (r"\bpress secretary\b", "spokesman"),
    (r"\bforeign (minister|secretary)\b|\bsecretary of state\b", "diplomat foreign minister"),
    (r"\bforeign ministry (?=spokes)", "foreign ministry diplomat "),
    (r"\bpermanent representative\b", "ambassador"),
    (r"\bnumber one\b", "leader"),
)


@lru_cache(maxsize=65536)
def office_words(office: str) -> tuple[str, ...]:
    """Return the words of an office, folded, in order, its own names for an office joined."""
    low = fold_name(office)
    for pattern, word in _ONE_WORD:
        low = re.sub(pattern, word, low)
    return tuple(low.split())


def office_fit(office: str, person: Person, known: tuple[str, ...] = ()) -> float | None:
    """Return how well a person fits an office.

    Parameters
    ----------
    office : str
        As the text says it, such as "Polish leader".
    person : Person
        With the roles the article gives.
    known : tuple of str
        Offices known from elsewhere.

    Returns
    -------
    float or None
        Above 1 for the very word, below for a kindred office, more where country and other words agree too; negative for a person
        whose office nobody tells, None for one who cannot be meant.
    """
    wanted, lands = office_words(office), country_of(office)
    front = wanted[: next((i for i, w in enumerate(wanted) if i and w in ("of", "for", "to", "in", "at")), len(wanted))]
    head = next((w for w in reversed(front) if w in words().role), wanted[-1] if wanted else "")
    roles = [*person.roles, *known, *([person.name] if person.unnamed else [])]
    if not roles:
        # Nobody needs to be told who the president is: a person without any role is the second choice.
        return None if lands else -1.5
    best: float | None = None
    for role in roles:
        has, own = set(office_words(role)), country_of(role)
        if lands and own and not lands & own:
            continue
        same = head in has
        if not (same or head in ("man", "woman", "official") or any(head in group and has & group for group in words().kin)):
            continue
        fit = (
            (1.2 if same else 0.4)
            + 0.4 * len(set(wanted) & has - {head})
            + (0.6 if lands and lands & own else 0.0)
            - (0.5 if lands and not own else 0.0)
        )
        best = fit if best is None else max(best, fit)
    return best
