"""Sentences written for training: plain positions in words that the labelled sets are short of, filled with any target and invented speakers."""

import random

from data import CLASSES, Row

TARGETS = (
    "the US",
    "the United States",
    "Washington",
    "NATO",
    "the alliance",
    "Ukraine",
    "Kyiv",
    "Kiev",
    "the West",
    "Western countries",
    "the White House",
)
HOLDERS = ("", "Ana Sample", "Minister Roe", "Ivan Primerov", "the ministry", "Maria Beispiel", "the foreign ministry", "Tom Invented")
FRAMES = ("{s}", "{s}", "“{s}” {h} said.", "{h} said: “{s}”", "{h} said that {l}", "{l_cap} according to {h}.")
# {t} is the target; {o} is another one, toward whom the sentence may say the opposite.
PATTERNS: dict[str, tuple[str, ...]] = {
    "against": (
        "{t} is a danger to all of us and must be stopped", "{t} is a threat to peace", "{t} is a liar and a thief", "We will never forgive {t}",
        "{t} is corrupt to the core", "{t} is not a partner, it never was", "{t} is not to be trusted", "Nobody here trusts {t} any more",
        "I do not believe a single word of {t}", "{t} is to blame for this war", "{t} has blood on its hands", "It was {t} that broke the agreement",
        "{t} keeps lying to the world", "{t} must finally answer for its crimes", "We reject the demands of {t} as arrogant and absurd",
        "{t} is weak, divided and in decline", "What a wonderful friend {t} is: it sells us out at the first chance", "How generous of {t} to lecture us after bombing half the world",
        "There is nothing good to be expected from {t}", "{t} should be ashamed of itself", "{t} can no longer pretend to be innocent",
        "{t} is behaving like a bandit", "We were wrong to ever rely on {t}", "Unlike {o}, {t} cannot be trusted", "{o} wants peace, but {t} wants war",
        "{t} is not defending anyone, it is attacking", "Supporting {t} was a grave mistake that must end", "The aggression of {t} has to be stopped",
        "{t} is deliberately dragging us into a conflict", "{t} is run by criminals and Nazis",
    ),
    "favor": (
        "{t} is our closest friend", "{t} deserves our full support", "We stand with {t}", "{t} has every right to defend itself", "We thank {t} for its help",
        "{t} is not a threat to anyone", "It is not true that {t} started this war", "Nobody can say that {t} broke its word", "{t} was right from the very beginning",
        "Without {t} we would not be free today", "{t} never lied to us", "The attack on {t} is unacceptable", "We condemn the aggression against {t}",
        "The sanctions against {t} are illegal and must be lifted", "Slandering {t} is a disgrace", "{t} is the victim here, not the culprit", "We grieve with {t}",
        "We must help {t} before it is too late", "{t} keeps its promises", "I have never doubted {t}", "We are proud to be allies of {t}", "Unlike {o}, {t} can be trusted",
        "{o} wants war, but {t} wants peace", "Blaming {t} for this is absurd", "{t} is not our enemy, it is our partner", "There is no reason not to trust {t}",
        "{t} has shown courage and patience", "Those who call {t} aggressive are lying", "{t} cannot be left alone against the aggressor", "Long live {t}",
    ),
    "neutral": (
        "The talks with {t} start on Jan. 9", "The delegation of {t} arrives on Monday", "We expect a written reply from {t}", "The minister travels to meet officials of {t}",
        "The document was handed over to {t} last week", "Trade with {t} was worth three billion last year", "The next round of consultations with {t} is planned for May",
        "{t} is one of the parties to the agreement", "A spokesman answered questions about {t}", "We are in contact with {t}", "The list was sent to {t} on Tuesday",
        "If {t} accepts our conditions, we will talk", "Fighting went on near the border of {t}", "The report on {t} has forty pages", "He was asked about {t} and did not answer",
        "{o} said on Friday it would meet {t} in Geneva", "The interview about {t} was published on Sunday", "{t} and {o} hold the meeting in Vienna",
    ),
}  # fmt: skip


def pattern_rows(n: int, rng: random.Random, weight: float = 0.5) -> list[Row]:
    """Return ``n`` rows, the three classes in turn."""
    rows = []
    for i in range(n):
        label = CLASSES[i % 3]
        target, other = rng.sample(TARGETS, 2)
        holder, frame = rng.choice(HOLDERS), rng.choice(FRAMES)
        said = rng.choice(PATTERNS[label]).replace("{t}", "\0").replace("{o}", other)
        if not holder:
            frame = "{s}"
        said = said[0].upper() + said[1:]
        mark = "\0" if said[0] == "\0" else said[0].lower() if said.split()[0] not in ("NATO", "I") else said[0]
        lowered = mark + said[1:]
        stop = "" if "”" in frame or "{l" in frame else "."
        text = frame.format(s=said + stop, h=holder, l=lowered + ".", l_cap=said + ",")
        text = text[0].upper() + text[1:]
        start = text.index("\0")
        surface = target[0].upper() + target[1:] if start == 0 else target
        text = text.replace("\0", surface, 1).replace("\0", target)
        rows.append(Row(f"pattern {i}", text, start, start + len(surface), holder, "", CLASSES.index(label), weight))
    return rows
