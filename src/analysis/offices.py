"""Whether a person holds the office a text speaks of: "the top diplomat", "the NATO chief"."""

from analysis.aliases import fold_name
from analysis.people import Person
from analysis.words import country_of, words


def office_fit(office: str, person: Person, known: tuple[str, ...] = ()) -> float | None:
    """Return how well a person fits an office: None not at all, up to 2 for the very words."""
    wanted = {w.strip("’s") or w for w in fold_name(office).split()}
    lands = country_of(office)
    heads = [w for w in office.lower().replace("’s", "").split() if w in words().role]
    head = heads[-1] if heads else office.lower().split()[-1]
    if "top" in wanted and head == "diplomat":
        wanted |= {"minister", "foreign"}
    roles = [*person.roles, *known]
    if not roles:
        # Nobody needs to be told who the president is: a person without any role is the second choice.
        return None if lands else -1.5
    best: float | None = None
    for role in roles:
        has = set(fold_name(role).split())
        own = country_of(role)
        if lands and own and not lands & own:
            continue
        same = head in has
        kin = any(head in group and has & group for group in words().kin)
        if not (same or kin or (head in ("man", "woman"))):
            continue
        fit = (
            (1.2 if same else 0.4)
            + 0.4 * len(wanted & has - {head})
            + (0.6 if lands and lands & own else 0.0)
            - (0.5 if lands and not own else 0.0)
        )
        best = fit if best is None else max(best, fit)
    return best
