"""Results of invented runs for the tests of the report: invented persons, outlets and sentences, any number of statements."""

import numpy as np
import pandas as pd

from analysis.results import Results
from analysis.summary import summarize
from analysis.tables import typed

TARGETS = ("US", "NATO", "Ukraine", "West")
OUTLETS = ("Northern Gazette", "Harbour Herald", "Radio Almaria", "The Weekly Ledger", "Press office of Sarvia")
FIRST = ("Ana", "Bo", "Cho", "Dara", "Emeka", "Farid", "Greta", "Hana", "Ivo", "Jun", "Kaja", "Lior", "Mira", "Niko", "Oona", "Pavo")
LAST = ("Sample", "Lindquest", "Minora", "Velicar", "Okande", "Rahmund", "Stolpe", "Tarkas", "Urbanek", "Vostel", "Winther", "Zalm")
ROLES = ("foreign minister", "spokesperson", "envoy", "member of parliament", None)
SAYINGS = {
    "against": (
        "{t} has broken every promise it ever made to us, {s} {c}, and nobody should be surprised that talks lead nowhere.",
        "“We condemn what {t} is doing at our borders; it is reckless and it endangers everyone,” {s} {c} after the meeting.",
        "According to {s}, who {c} at length, {t} bears the blame for the collapse of the agreement.",
    ),
    "neutral": (
        "{s} {c} that a delegation from {t} would arrive on Monday for two days of consultations.",
        "The next round of talks with {t} will be held in spring, {s} {c}.",
        "{s} {c} the letter to {t} had been received and would be answered in due course.",
    ),
    "favor": (
        "“We are grateful to {t}, a true partner in hard times,” {s} {c}.",
        "{s} {c} that {t} had kept its word and deserved every support.",
    ),
}
CUES = ("said", "told reporters", "stressed", "wrote", "announced")
SETTINGS = {"min_articles": 5, "level": 0.95, "resamples": 200, "seed": 1, "period": None, "events": None}


def speakers(n):
    names = [f"{first} {last}" for last in LAST for first in FIRST]
    return [names[i % len(names)] + (f" {i // len(names) + 1}" if i >= len(names) else "") for i in range(n)]


def invented(n=120, *, seed=0, people=None, by=(("target",), ("target", "speaker")), labels=None, **settings):
    """Make the results of a run with `n` statements, about four to an article, over two years."""
    generator = np.random.default_rng(seed)
    names = speakers(people or max(4, n // 12))
    chances = 1 / np.arange(1, len(names) + 1) ** 0.8
    articles, statements, mentions, scores = [], [], [], []
    leans = generator.normal(-0.2, 0.8, (len(names), len(TARGETS)))
    for i in range(n):
        a = i // 4
        if i % 4 == 0:
            day = pd.Timestamp("2021-01-01") + pd.Timedelta(days=int(generator.integers(0, 730)))
            articles.append(
                article(
                    f"a{a:05d}",
                    source=OUTLETS[a % len(OUTLETS)],
                    published=day,
                    title=f"Talks and tempers, part {a + 1}",
                    url=f"https://example.org/articles/{a + 1}",
                )
            )
        person = int(generator.choice(len(names), p=chances / chances.sum()))
        targets = generator.choice(len(TARGETS), size=1 + int(generator.random() < 0.2), replace=False)
        named = generator.random() < 0.93
        lean = leans[person, targets[0]]
        weights = np.exp([0.5 - lean, 0.6, lean - 0.2])
        label = generator.choice(["against", "neutral", "favor"], p=weights / weights.sum())
        cue = CUES[generator.integers(len(CUES))]
        who = names[person] if named else "The paper"
        pattern = SAYINGS[label][generator.integers(len(SAYINGS[label]))]
        text = pattern.format(t=" and ".join(TARGETS[t] for t in targets), s=who, c=cue)
        statements.append(
            statement(
                f"s{i:06d}",
                articles[a]["article_id"],
                text,
                speaker=names[person] if named else None,
                role=ROLES[person % len(ROLES)] if named else None,
                source=who if named else None,
                cue=cue,
                start=200 * (i % 4),
            )
        )
        for t in targets:
            at = text.index(TARGETS[t])
            mentions.append(
                {
                    "statement_id": f"s{i:06d}",
                    "target": TARGETS[t],
                    "surface": TARGETS[t],
                    "start": at,
                    "end": at + len(TARGETS[t]),
                    "via": "name",
                }
            )
            p = generator.dirichlet(np.where(np.array(["against", "neutral", "favor"]) == label, 6.0, 1.2))
            best = ("against", "neutral", "favor")[int(p.argmax())] if p.max() >= 0.45 else "unsure"
            scores.append(score(f"s{i:06d}", TARGETS[t], p, best))
    return results(articles, statements, mentions, scores, by=by, labels=labels, **settings)


def article(identity, **more):
    row = dict.fromkeys(
        ("source", "published", "title", "author", "speaker", "city", "agency", "url", "language", "removed", "duplicate_of")
    )
    return row | {"article_id": identity, "text": "", "path": f"/somebody/at/home/{identity}.txt"} | more


def statement(
    identity,
    article_id,
    text,
    *,
    speaker="Ana Sample",
    role=None,
    source=None,
    cue=None,
    start=0,
    kind="indirect",
    context="It was a long day.",
    **more,
):
    def spans(words):
        at = text.find(words) if words else -1
        return [[start + at, start + at + len(words)]] if at >= 0 else []

    row = {
        "statement_id": identity, "article_id": article_id, "start": start, "end": start + len(text), "text": text, "kind": kind, "speaker": speaker,
        "speaker_role": role, "reported_by": None, "source_text": source, "cue": cue, "source_spans": spans(source), "cue_spans": spans(cue),
        "content_spans": [], "scope_spans": [], "context": context,
    }  # fmt: skip
    return row | more


def score(identity, target, p, label):
    return {
        "statement_id": identity, "target": target, "p_against": p[0], "p_neutral": p[1], "p_favor": p[2], "stance": p[2] - p[0],
        "label": label, "tone": None, "model": "fake", "revision": "0",
    }  # fmt: skip


def results(articles, statements, mentions, scores, *, by=(("target",), ("target", "speaker")), labels=None, **settings):
    """Make results of rows, summarized as a run would."""
    tables = {
        name: typed(pd.DataFrame(rows), name)
        for name, rows in (("articles", articles), ("statements", statements), ("mentions", mentions), ("scores", scores))
    }
    settings = SETTINGS | settings
    options = {k: settings[k] for k in ("min_articles", "level", "resamples", "seed")}
    summaries = {
        group: summarize(tables["scores"], group, statements=tables["statements"], articles=tables["articles"], labels=labels, **options)
        for group in by
    }
    tables["summary"] = pd.concat([table.assign(by=", ".join(group)) for group, table in summaries.items()], ignore_index=True)
    manifest = {
        "package": "0.1.0",
        "models": {"stance": {"name": "stance", "sha256": "0" * 64}, "attribution": {"name": "default", "sha256": "1" * 64}},
        "stages": {
            "read articles": {"files": len(articles), "articles": len(articles), "skipped": 0, "reprints": 0, "seconds": 1.5},
            "extract statements": {"articles": len(articles), "statements": len(statements), "seconds": 9.0},
            "score stance": {"mentions": len(mentions), "scores": len(scores), "seconds": 3.0},
        },
        "skipped": [],
        "warnings": [],
        "config": {
            "targets": [{"name": name} for name in TARGETS],
            "indirect": False,
            "statements": {"tagger": "default", "context": 400},
            "stance": {"model": "default", "revision": None, "kind": "nli"},
            "summary": {**settings, "by": [list(group) for group in by]},
        },
    }  # fmt: skip
    return Results(tables, summaries, manifest)


HOSTILE = (
    "“</script><script>window.hacked = 1</script><img src=x onerror=window.hacked=1> & 'NATO' \\u003c <!-- <script>”, he said 🙂 of NATO."
)


def hostile():
    """Make results whose every text wants to be markup."""
    bad = '"><script>window.hacked = 1</script>'
    start = HOSTILE.rindex("NATO")
    articles = [
        article("a1", source=bad, published=pd.Timestamp("2022-01-01"), title=f"<b>{bad}</b>", url="javascript:window.hacked=1"),
        article("a2", source="=1+1", published=None, title="</title>{{ 7 * 7 }}", url="https://example.org/?a=1&b='\"<>"),
        article(
            "a3",
            source="Gazette",
            published=pd.Timestamp("2022-03-01"),
            title="Plain",
            url=" data:text/html,<script>window.hacked=1</script>",
        ),
    ]
    statements = [
        statement(f"s{n}", f"a{n}", HOSTILE, speaker=bad, role="<i>envoy</i>", cue="said", source="he", context=bad, kind="direct")
        for n in (1, 2, 3)
    ]
    mentions = [
        {"statement_id": f"s{n}", "target": "NATO", "surface": "NATO", "start": start, "end": start + 4, "via": "name"} for n in (1, 2, 3)
    ]
    scores = [score(f"s{n}", "NATO", (0.8, 0.1, 0.1), "against") for n in (1, 2, 3)]
    return results(articles, statements, mentions, scores)
