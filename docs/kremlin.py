"""The README's trend chart and the worked example of corrected estimates: `make kremlin DATA=folder`.

The folder holds corpora/kremlin_en_turns.jsonl (statements of the President of Russia in English, October 2021 to June 2022, kremlin.ru, CC BY 4.0) and
gold/train.jsonl, gold/dev.jsonl. Only figures and numbers are written, no text. All labels were given by a large language model under the codebook.

Labels of two kinds:

- Known for certain: the gold labels that fall on these documents and those of training/labels.csv. The classifier was trained or chosen on them, so it is
  nearly always right there, and they were not drawn by chance. They have probability 1: they count for their own statements, and say nothing of others.
- Drawn by chance: kremlin-labels.csv, beside this file, 40 statements per target drawn with `stance label sample`, the classifier's answer hidden. The draw
  followed numbers made of a hash of each statement's id, which know nothing of the other labels. So, given which statements are known, those drawn from
  among the others are a simple random sample of them, and the classifier's errors on these are those it makes on statements it was not trained on. Drawn
  statements that are known too count as known.

Both mark a place in a document, not words.
"""

import argparse
import json
import re
from pathlib import Path

import matplotlib
import numpy as np
import pandas as pd

from analysis.agreement import confusion, krippendorff_alpha
from analysis.articles import read_articles
from analysis.attribution import Attribution
from analysis.compare import before_after
from analysis.comparison_charts import plot_raw_and_corrected
from analysis.figures import save
from analysis.groups import join
from analysis.labels import KEY
from analysis.scores import score_stance
from analysis.statements import extract_statements
from analysis.summary import compare_raw_and_corrected, summarize
from analysis.targets import find_targets
from analysis.time_charts import plot_over_time
from analysis.trends import read_events, smooth_stance

SPEAKER = "Vladimir Putin"
CREDIT = "Texts: kremlin.ru, CC BY 4.0."
INVASION = "2022-02-24"
READER = "reader"
# Holders under whom a label is the speaker's own stance; AUTHOR is whose turn it is.
OWN = ("AUTHOR", SPEAKER)
ROOT = Path(__file__).resolve().parent.parent
FEWEST = 3


class OwnWords:
    """Attributes nothing: in these transcripts every sentence of a turn counts as its speaker's own, also where it reports others."""

    identity = "own words"

    def spans(self, text: str) -> list[Attribution]:
        """Return no attribution."""
        return []


def main() -> None:
    """Read, score, estimate, draw."""
    args = parse()
    matplotlib.use("Agg")
    articles = read_articles(args.data / "corpora" / "kremlin_en_turns.jsonl")
    statements = extract_statements(articles, OwnWords())
    scores = score_stance(statements, find_targets(statements))
    everyone = by_event(join(scores, statements, articles), articles)
    rows = of_speaker(everyone)
    documents = numbered(articles)
    drawn = at_places(rows, statements, documents, Path(__file__).with_name("kremlin-labels.csv")).assign(coder=READER)
    known = {f"gold {name}": gold_labels(rows, statements, documents, args.data / "gold" / f"{name}.jsonl") for name in ("dev", "train")}
    known["further labels"] = at_places(rows, statements, documents, ROOT / "training" / "labels.csv")
    certain = pd.concat([found.assign(coder=name) for name, found in known.items()]).drop_duplicates(KEY).assign(probability=1.0)
    beside = drawn.merge(certain[KEY], on=KEY, how="left", indicator=True).query("_merge == 'left_only'").drop(columns="_merge")
    labels = pd.concat([certain, beside], ignore_index=True)

    draw_trend(everyone, args.out)
    compared = compare_raw_and_corrected(rows, labels)
    title = f"{SPEAKER}: classifier alone and corrected with hand labels"
    credit = f"Labels by a language model: {len(certain)} known, {len(beside)} drawn by chance from the rest. {CREDIT}"
    save(args.out / "kremlin-corrected", lambda: plot_raw_and_corrected(compared, title=title, credit=credit))
    numbers = {
        "credit": CREDIT,
        "speaker": SPEAKER,
        "n_statements": int(rows["statement_id"].nunique()),
        "n_events": int(rows["article_id"].nunique()),
        "labels": counts(rows, certain, drawn, beside),
        "raw_and_corrected": records(compared),
        "corrected_with_drawn_labels_alone": records(compare_raw_and_corrected(rows, drawn)),
        "before_and_after_2022_02_24": records(before_after(rows, INVASION, labels=labels)),
        "classifier_on": {name: accuracy(given, scores) for name, given in {"drawn from the rest": beside, **known}.items()},
        "alpha_of_drawn_and_known": round(krippendorff_alpha(pd.concat([drawn, certain.assign(coder="known")])), 3),
        "in_both": len(drawn) - len(beside),
    }
    (args.out / "kremlin.json").write_text(json.dumps(numbers, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(compared.round(2).to_string(index=False))
    print(json.dumps({key: value for key, value in numbers.items() if "corrected" not in key}, indent=1))


def parse() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="folder with corpora/ and gold/")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent, help="where figures and numbers go")
    return parser.parse_args()


def by_event(rows: pd.DataFrame, articles: pd.DataFrame) -> pd.DataFrame:
    """Take all turns of one event for one article: they are not independent of each other."""
    event = articles.set_index("article_id")["url"]
    return rows.assign(article_id=rows["article_id"].map(event).fillna(rows["article_id"]))


def of_speaker(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep what the President says."""
    return rows[rows["speaker"] == SPEAKER].reset_index(drop=True)


def numbered(articles: pd.DataFrame) -> pd.DataFrame:
    """Return article_id with line and doc_id in the corpus, and event: a document is a turn of one."""
    place = articles["path"].str.extract(r"line (?P<line>\d+), id (?P<doc_id>\S+)")
    return articles[["article_id"]].assign(
        line=place["line"].astype(int), doc_id=place["doc_id"], event=place["doc_id"].str.split("#").str[0]
    )


def at_places(rows: pd.DataFrame, statements: pd.DataFrame, documents: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Find labelled places among the statements: same document, same target, most of the characters; only what is the speaker's own stance."""
    marked = pd.read_csv(path).rename(
        columns={"stance": "label", "statement_start": "first", "statement_end": "last", "start": "first", "end": "last"}
    )
    where = "line" if "line" in marked.columns else "doc_id"
    if "holder" in marked.columns:
        marked = marked[marked["holder"].isin(OWN)].assign(probability=1.0)
    pairs = _known(rows, statements, documents, ["start", "end"]).merge(marked, on=[where, "target"], suffixes=("", "_marked"))
    shared = np.minimum(pairs["end"], pairs["last"]) - np.maximum(pairs["start"], pairs["first"])
    found = pairs[shared > (pairs["last"] - pairs["first"]) / 2].drop_duplicates([where, "target", "first"]).drop_duplicates(KEY)
    print(f"{path.name}: {len(found)} labelled places are statements of {SPEAKER}")
    return found[[*KEY, "label", "probability"]]


def gold_labels(rows: pd.DataFrame, statements: pd.DataFrame, documents: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Find the labelled sentences among the statements, by event, target and words; only what is the speaker's own stance."""
    gold = pd.read_json(path, lines=True)
    gold = gold[gold["corpus"].str.startswith("kremlin") & gold["holder"].isin(OWN)]
    gold = gold.assign(words=gold["text"].map(words), event=gold["doc_id"].str.split("#").str[0], label=gold["stance"], probability=1.0)
    place = ["event", "words", "target"]
    pairs = _known(rows, statements, documents, ["text"])
    pairs = pairs.assign(words=pairs["text"].map(words)).drop_duplicates(place, keep=False)
    found = pairs.merge(gold.drop_duplicates(place)[[*place, "label", "probability"]], on=place)
    print(f"{path.name}: {len(found)} labelled sentences are statements of {SPEAKER}")
    return found[[*KEY, "label", "probability"]]


def _known(rows: pd.DataFrame, statements: pd.DataFrame, documents: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    known = rows[KEY].merge(statements[["statement_id", "article_id", *columns]], on="statement_id")
    return known.merge(documents, on="article_id")


def counts(rows: pd.DataFrame, certain: pd.DataFrame, drawn: pd.DataFrame, beside: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Return per target: statements, labels known, drawn by chance, and drawn from what is not known."""
    tables = {"statements": rows, "known": certain, "drawn": drawn, "drawn_from_the_rest": beside}
    return {
        target: {name: int((table["target"] == target).sum()) for name, table in tables.items()} for target in sorted(set(rows["target"]))
    }


def words(text: str) -> str:
    """Return the words of a text, so that quotation marks and spaces make no difference."""
    return " ".join(re.findall(r"\w+", text.lower()))


def accuracy(labels: pd.DataFrame, scores: pd.DataFrame) -> dict[str, object]:
    """Return how often the classifier gave the label, and how many labels there are."""
    table = confusion(labels, scores).to_numpy()
    return {"n": int(table.sum()), "accuracy": round(float(table[:, :3].trace() / max(table.sum(), 1)), 3), "confusion": table.tolist()}


def draw_trend(rows: pd.DataFrame, out: Path) -> None:
    """Draw stance per target and month."""
    events = read_events(Path(__file__).with_name("kremlin-events.yml"))
    summary, line = summarize(rows, ["target", "month"], min_articles=FEWEST), smooth_stance(rows, min_articles=FEWEST)
    title = "Stance toward NATO, the US, Ukraine and the West on kremlin.ru"
    credit = f"Statements of the President, officials and guests; a point needs {FEWEST} events, of {rows['article_id'].nunique()} in all. {CREDIT}"
    save(out / "kremlin-trend", lambda: plot_over_time(summary, line, events, title=title, credit=credit)[0])


def records(table: pd.DataFrame) -> list[dict[str, object]]:
    """Return the rows of a table as JSON takes them."""
    made: list[dict[str, object]] = json.loads(table.round(4).to_json(orient="records"))
    return made


if __name__ == "__main__":
    main()
