"""Measure speaker accuracy on the labelled statements: does each one get the holder its coders named.

usage: speaker_accuracy.py DATA [--part dev] [--tagger default] [--spans SPANS.jsonl] [--no-documents] [--errors N]

DATA is the data folder with gold/ and corpora/. Each statement is read in its whole document where the corpora have it, else behind
its context. Right means: no attribution (or the document's own speaker) where the coders wrote AUTHOR; else the same surname or
the same body, after joining spellings. ``--spans`` takes ``stance attribute`` output instead of running the tagger; rows without a document
have the statement's id.
"""

import argparse
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from analysis.aliases import Aliases, fold_name, load_aliases
from analysis.attribution import Attribution, load_tagger
from analysis.bodies import body_name
from analysis.speakers import holder_of, resolve_speakers
from data import read_jsonl

Row = dict[str, Any]
AUTHOR = "AUTHOR"
# Words that tell neither who nor which body: "a senior U.S. official" is "U.S. officials" for this measure.
SLACK = frozenset(
    ["a", "an", "the", "senior", "top", "some", "unnamed", "first", "second", "third", "other", "former", "government", "its", "his", "her"]
)


def documents(folder: Path) -> dict[str, Row]:
    """Return the documents of the corpora by id."""
    return {r["doc_id"]: r for path in sorted((folder / "corpora").glob("*.jsonl")) for r in read_jsonl(path)}


def placed(row: Row, docs: dict[str, Row], whole: bool) -> tuple[str, str, int]:
    """Return id and text of the document a statement is read in, and where it begins there."""
    doc = docs.get(row["doc_id"]) if whole else None
    if doc and (at := doc["text"].find(row["text"])) >= 0:
        return row["doc_id"], doc["text"], at
    context = (row["context"] or "").strip()
    text = f"{context} {row['text']}" if context else row["text"]
    return row["id"], text, len(text) - len(row["text"])


def key(name: str, aliases: Aliases) -> frozenset[str]:
    """Return what two names are compared by: the folded words of the joined name, without slack and plural endings."""
    joined = aliases.any(body_name(re.sub(r"\(.*?\)", "", name).strip(), aliases))
    return frozenset(re.sub(r"(?<=[a-z]{3})s$", "", w) for w in fold_name(joined).split()) - SLACK


def same(gold: str, found: str, aliases: Aliases) -> bool:
    """Whether two holders are one: the same last word of a person's name, or the same words of a body."""
    a, b = key(gold, aliases), key(found, aliases)
    if a == b:
        return True
    last = [fold_name(aliases.any(n)).split()[-1:] for n in (gold, found)]
    people = all(len(n.split()) >= 1 and n[:1].isupper() and fold_name(aliases.any(n)).split()[-1:] == last[0] for n in (gold, found))
    return people and last[0] == last[1] and len(a & b) >= 1 and last[0][0] not in _COMMON


_COMMON = frozenset(["ministry", "department", "official", "officials", "government", "committee", "agency", "council", "office"])


def judge(row: Row, holder: str | None, aliases: Aliases) -> bool:
    """Whether a holder is right; None is the document's own voice."""
    own = row["speaker"] or ""
    gold_own = row["holder"] == AUTHOR or (own and same(row["holder"], own, aliases))
    found_own = holder is None or (own and same(holder, own, aliases))
    if gold_own or found_own:
        return bool(gold_own and found_own)
    return same(row["holder"], holder or "", aliases)


def main() -> None:
    """Print accuracy, n, accuracy per genre, and the commonest confusions."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="data folder with gold/ and corpora/")
    parser.add_argument("--part", default="dev", choices=("train", "dev"))
    parser.add_argument("--tagger", default="default", help="name of the embedded tagger")
    parser.add_argument("--spans", type=Path, help="attributions made before, instead of running the tagger")
    parser.add_argument("--no-documents", action="store_true", help="read every statement behind its context only")
    parser.add_argument("--limit", type=int, help="only the first N statements")
    parser.add_argument("--errors", type=int, default=0, help="how many wrong statements to show in full")
    arguments = parser.parse_args()
    aliases = load_aliases()
    rows = read_jsonl(arguments.data / "gold" / f"{arguments.part}.jsonl")[: arguments.limit]
    docs = documents(arguments.data)
    ready: dict[str, list[Attribution]] = {}
    if arguments.spans:
        for r in read_jsonl(arguments.spans):
            ready[r["id"]] = [
                Attribution(*(tuple((s, e) for s, e in a[part]) for part in ("source", "cue", "content"))) for a in r["attributions"]
            ]
    tagger = None if arguments.spans else load_tagger(arguments.tagger)
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    confusions: Counter[tuple[str, str]] = Counter()
    wrong = []
    for row in rows:
        name, text, at = placed(row, docs, not arguments.no_documents)
        if name not in ready and tagger:
            ready[name] = tagger.spans(text)
        found = ready.get(name, [])
        speakers = resolve_speakers(text, found, row["title"] or "", row["speaker"], aliases)
        which = holder_of(found, speakers, at + row["start"], at + row["end"], (at, at + len(row["text"])))
        holder = speakers[which].name if which is not None else None
        good = judge(row, holder, aliases)
        for group in ("all", row["genre"], "attributed" if row["holder"] != AUTHOR else "own voice"):
            total[group] += 1
            right[group] += good
        if not good:
            confusions[row["holder"], holder or AUTHOR] += 1
            wrong.append(
                {
                    "gold": row["holder"],
                    "found": holder,
                    "speaker": row["speaker"],
                    "text": row["text"],
                    "mention": row["surface"],
                    "context": row["context"],
                }
            )
            if which is not None:
                a = found[which]
                wrong[-1] |= {part: [text[s:e] for s, e in getattr(a, part)] for part in ("source", "cue", "content")}
    for group, n in total.most_common():
        print(f"{group:12} {100 * right[group] / n:5.1f} %  of {n}")
    print("\ncommonest confusions: holder by the coders -> found")
    for (gold, holder), n in confusions.most_common(25):
        print(f"{n:4}  {gold} -> {holder}")
    for case in wrong[: arguments.errors]:
        print(json.dumps(case, ensure_ascii=False))


if __name__ == "__main__":
    main()
