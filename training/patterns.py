"""Synthetic minimal-pair sentences for the stance classifier.

A template reads ``labels[@targets][#B]: text``; templates are parted by line ends or ``##``. ``labels`` has one sign per
variant (``+`` favor, ``-`` against, ``0`` neutral); variant i takes the i-th option of every ``<a|b|c>``, so the counterpart
with another label is part of the template. A slash starts the labels of a second and third target (``{U}``, ``{V}``).
``@`` limits the targets (A US, N NATO, U Ukraine, W West); ``#B`` makes the second speaker the holder.
In the text ``[a|b]`` is a free choice and ``^`` makes the next letter a capital. ``{T} {T's}`` are the target, ``{K}`` as a
country, ``{F}`` its forces, ``{O}`` officials, ``{P}`` people, ``{J}`` adjective, ``{M}`` and ``{R}`` metonyms, ``{D}`` its
dateline; ``{S} {B}`` are speakers, ``{he} {his}`` pronouns of the first, capitals like ``{DAY}`` word lists, and ``{is}``,
``{it}``, ``{a friend}`` agree with the target in number (``{U:is}`` with the second).
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from data import Row
from pattern_words import CONTEXTS, OPENERS, PARTNERS, QUOTED, REPORTED, SPEAKERS, SURFACES, TAILS, WORDS

SIGNS = {"-": 0, "0": 1, "+": 2}
LABEL_WEIGHTS = {0: 0.3, 1: 0.4, 2: 0.3}
PLURAL_WORDS = {"is": "are", "was": "were", "has": "have", "does": "do", "it": "they", "its": "their", "them": "them"}
SINGULAR_WORDS = {"them": "it"}

NOT_REPORTED = re.compile(
    r"\b(we|us|our|ours|I|my|me|you|your|friends|brothers)\b|[\^!?:;]|^(let|spare|never|no|yes|sure|oh|bravo|thank|how|what|who|when|will|"
    r"has|should|suppose|keep|many thanks|to think|shame|glory|long|down|hands|of course|lucky|wonderful|"
    r"damn|to hell|enough|granted|better|congratulations|asked)\b"
)
BODY_SPEECH = re.compile(
    r"\{S\} (said|rejected|denied|dismissed|called|accused|contradicted|refuted|criticised|praised|demanded|condemned|denounced)\b|\{said\}"
)


@dataclass(frozen=True)
class Template:
    """One parsed template line: ``labels[g]`` are the signs of target g, one per variant; ``pools[g]`` its possible targets."""

    text: str
    labels: list[str]
    pools: list[str]
    holder_is_second: bool


def parse(line: str) -> Template:
    """Return the template written on one line."""
    spec, text = line.split(": ", 1)
    spec, second, _ = spec.partition("#B")
    signs, _, pools = spec.partition("@")
    labels = signs.split("/")
    chosen = pools.split("/") if pools else []
    return Template(text, labels, chosen + ["ANUW"] * (len(labels) - len(chosen)), bool(second))


def read_templates(path: Path) -> dict[str, list[Template]]:
    """Return the templates of each capability; a line ``=== name`` begins one."""
    blocks = re.findall(r"^=== (.+)\n((?:(?!=== ).*\n)+)", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {name: [parse(item) for item in re.split(r" ## |\n", block.strip())] for name, block in blocks}


PARSED = read_templates(Path(__file__).with_name("patterns.txt"))


def split_options(body: str) -> list[str]:
    """Split the inside of ``<...>`` at the bars that stand outside square brackets."""
    return re.split(r"\|(?![^\[\]]*\])", body)


def agree(words: str, plural: bool) -> str:
    """Return a verb, pronoun or ``a``-phrase, written for a singular target, in the number wanted."""
    if not plural:
        return SINGULAR_WORDS.get(words, words)
    if words in PLURAL_WORDS:
        return PLURAL_WORDS[words]
    if words.startswith(("a ", "an ")):
        noun = words.split(" ", 1)[1]
        return noun[:-1] + "ies" if noun.endswith("y") else noun + "s"
    if words.endswith("ies"):
        return words[:-3] + "y"
    return words[:-2] if words.endswith(("sses", "shes", "ches", "xes", "oes")) else words[:-1]


def surface(target: str, slot: str, label: str, rng: random.Random) -> tuple[str, bool]:
    """Return a marked mention of the target, between marks, and whether it is plural."""
    pool = SURFACES[target]["T" if slot == "T's" else slot]
    name = rng.choice(pool)
    if slot == "T" and target == "W" and label != "0" and rng.random() < 0.08:
        name = PARTNERS
    if slot == "T's" and name in ("the US", "the United States"):
        name = "Washington"
    name, plural = name.removesuffix("="), name.endswith("=")
    tail = "" if slot != "T's" else "'" if name.endswith("s") and plural else "'s"
    inside = tail if rng.random() < 0.2 else ""
    before = "the " if name in ("the US", "the United States") and rng.random() < 0.3 else ""
    return f"{before}\x01{name.removeprefix(before)}{inside}\x02{tail.removeprefix(inside)}", plural


def attributed(text: str, name: str, rng: random.Random) -> str:
    """Put some author's statements into a speaker's mouth, and open others as a speech does."""
    draw = rng.random()
    if draw > 0.52 or re.search(r'"|\{[SBD]\}|\{DL\}|\(AP\)', text):
        return text
    body, last = text[:-1], text[-1]
    if draw > 0.44:
        return text if last in "!?" else rng.choice(OPENERS) + text
    if draw > 0.36:
        return text + rng.choice(TAILS)
    if draw > 0.18 and name != "irony" and last == "." and not NOT_REPORTED.search(body):
        return rng.choice(REPORTED).replace("{body}", body)
    said = "asked" if last == "?" else "said"
    text = rng.choice(QUOTED).replace("{said}", said).replace("{stop}", last)
    return text.replace("{body}", body).replace("{comma}", "," if last == "." else last)


def render(template: Template, variant: int, name: str, rng: random.Random) -> tuple[str, list[tuple[int, int]], str]:
    """Fill a template; return the text, the span of each target and the holder."""
    text = re.sub(r"<([^<>]*)>", lambda m: split_options(m[1])[variant], template.text)
    text = re.sub(r"\[([^\[\]]*)\]", lambda m: rng.choice(m[1].split("|")), text)
    text = attributed(text, name, rng)
    bodies = bool(BODY_SPEECH.search(text)) and not re.search(r"\{he\}|\{his\}|smile|\b(I|my|me|kind)\b", text)
    speaker = rng.choice([s for s in SPEAKERS if bodies or s[2] != "it"])
    second = rng.choice([s for s in SPEAKERS if s[2] != "it" and s[1] != speaker[1]])
    targets: list[str] = []
    for pool in template.pools:
        targets.append(rng.choice([t for t in pool if t not in targets]))
    plural = [False, False, False]

    def mention(match: re.Match[str]) -> str:
        slot = match[1]
        group = "TUV".index(slot) if slot in "TUV" else 0
        marked, plural[group] = surface(targets[group], "T" if slot in "TUV" else slot, template.labels[group][variant], rng)
        return marked.replace("\x01", f"\x01{group}")

    def fill(match: re.Match[str]) -> str:
        slot = match[1]
        if slot in WORDS:
            return rng.choice(WORDS[slot])
        fixed = {"S": speaker[0], "B": second[0], "he": speaker[2], "his": speaker[3]}
        if slot in fixed:
            return fixed[slot]
        return agree(slot[2:], plural[1]) if slot.startswith("U:") else agree(slot, plural[0])

    text = re.sub(r"\{(T's|[TUVKFOPJMDR])\}", mention, text)
    if text.count("\x01") != len(template.labels):
        raise ValueError(f"template without exactly one mention of each target: {template.text}")
    while "{" in text:
        text = re.sub(r"\{([^{}]*)\}", fill, text)
    text = re.sub(r"(^|\^)(\"?(?:\x01\d)?)([a-z])", lambda m: m[2] + m[3].upper(), text).replace("^", "")
    if rng.random() < 0.3:
        parts = text.split('"')
        text = parts[0] + "".join(("\u201c" if i % 2 == 0 else "\u201d") + part for i, part in enumerate(parts[1:]))
    places: dict[int, tuple[int, int]] = {}
    while (start := text.find("\x01")) >= 0:
        group, end = int(text[start + 1]), text.index("\x02")
        inner = text[start + 2 : end]
        text = text[:start] + inner + text[end + 1 :]
        places[group] = (start, start + len(inner))
    holder = second[1] if template.holder_is_second else speaker[1] if speaker[0].lower() in text.lower() else ""
    if not holder and name != "dateline" and rng.random() < 0.4:
        holder = speaker[1]
    return text, [places[g] for g in range(len(template.labels))], holder


def pattern_rows(n: int, rng: random.Random, names: Sequence[str] = tuple(PARSED)) -> list[Row]:
    """Return n different rows, the named capabilities in turn, labels drawn at about 30 / 40 / 30 per cent."""
    rows: list[Row] = []
    seen: set[tuple[str, int]] = set()
    counts = dict.fromkeys(names, 0)
    choices = {
        (name, label): [[(t, v) for signs in t.labels for v, sign in enumerate(signs) if SIGNS[sign] == label] for t in group]
        for name, group in PARSED.items()
        for label in LABEL_WEIGHTS
    }
    for key, groups in choices.items():
        choices[key] = [group for group in groups if group]
    while len(rows) < n:
        name = min(counts, key=lambda c: counts[c])
        label = rng.choices(list(LABEL_WEIGHTS), LABEL_WEIGHTS.values())[0]
        template, variant = rng.choice(rng.choice(choices[name, label]))
        text, spans, holder = render(template, variant, name, rng)
        if (text, spans[0][0]) in seen:
            continue
        seen.add((text, spans[0][0]))
        counts[name] += len(spans)
        filler = re.compile(r"\{(\w+)\}")
        context = filler.sub(lambda m: rng.choice(WORDS[m[1]]), rng.choice(CONTEXTS)) if rng.random() < 1 / 3 else ""
        for group, (start, end) in enumerate(spans):
            row_id = f"pattern-{name}-{len(rows)}"
            rows.append(Row(row_id, text, start, end, holder, context, SIGNS[template.labels[group][variant]]))
    return rows[:n]
