"""The README's trend chart and the worked example of corrected estimates: `make kremlin DATA=folder`.

The folder holds corpora/kremlin_en_turns.jsonl (statements of the President of Russia in English, October 2021 to June 2022, kremlin.ru, CC BY 4.0) and
gold/train.jsonl, gold/dev.jsonl (labels of some of its sentences, most of them used to train the classifier). Only figures and numbers are written, no text.

kremlin-labels.csv, beside this file, are the hand labels: 40 statements per target drawn by chance with `stance label sample`, and read by a large language
model under the codebook, the classifier's answer hidden. They mark a place in a line of the corpus, not words. The draw ignores what the classifier was
trained on, so its errors on the drawn statements are those it makes on all.
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
from analysis.groups import join
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
    labels = hand_labels(rows, statements, articles, Path(__file__).with_name("kremlin-labels.csv"))
    gold = {name: gold_labels(rows, statements, args.data / "gold" / f"{name}.jsonl") for name in ("dev", "train")}

    draw_trend(everyone, args.out)
    compared = compare_raw_and_corrected(rows, labels)
    title = f"{SPEAKER}: classifier alone and corrected with hand labels"
    save(
        plot_raw_and_corrected(compared, title=title, credit=f"Labels: a random sample read by a language model. {CREDIT}"),
        args.out / "kremlin-corrected",
    )
    both = pd.concat([labels, *gold.values()])[["statement_id", "target", "label", "coder"]]
    both["coder"] = both["coder"].where(both["coder"] == READER, "gold")
    numbers = {
        "credit": CREDIT,
        "speaker": SPEAKER,
        "n_statements": int(rows["statement_id"].nunique()),
        "n_events": int(rows["article_id"].nunique()),
        "raw_and_corrected": records(compared),
        "before_and_after_2022_02_24": records(before_after(rows, INVASION, labels=labels)),
        "classifier_on": {
            name: accuracy(given, scores)
            for name, given in {"hand labels": labels, "gold dev": gold["dev"], "gold train": gold["train"]}.items()
        },
        "alpha_of_hand_labels_and_gold": round(krippendorff_alpha(both), 3),
    }
    (args.out / "kremlin.json").write_text(json.dumps(numbers, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    print(compared.round(2).to_string(index=False))
    print(json.dumps({key: value for key, value in numbers.items() if key != "raw_and_corrected"}, indent=1))


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


def hand_labels(rows: pd.DataFrame, statements: pd.DataFrame, articles: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Find the labelled places among the statements: same line of the corpus, same target, most of the characters."""
    marked = pd.read_csv(path)
    line = articles.set_index("article_id")["path"].str.extract(r"line (\d+)", expand=False).astype(int)
    known = rows[["statement_id", "target"]].merge(statements[["statement_id", "article_id", "start", "end"]], on="statement_id")
    pairs = known.assign(line=known["article_id"].map(line)).merge(marked, on=["line", "target"], suffixes=("", "_marked"))
    shared = np.minimum(pairs["end"], pairs["end_marked"]) - np.maximum(pairs["start"], pairs["start_marked"])
    length = pairs["end_marked"] - pairs["start_marked"]
    found = pairs[shared > length / 2].drop_duplicates(["line", "target", "start_marked"]).drop_duplicates(["statement_id", "target"])
    print(f"{len(found)} of {len(marked)} labelled places are statements of {SPEAKER}")
    return found[["statement_id", "target", "label", "probability"]].assign(coder=READER)


def gold_labels(rows: pd.DataFrame, statements: pd.DataFrame, path: Path) -> pd.DataFrame:
    """Find the labelled sentences among the statements, by target and words."""
    gold = pd.read_json(path, lines=True)
    gold = gold[gold["corpus"].str.startswith("kremlin")].assign(words=lambda table: table["text"].map(words))
    known = rows[["statement_id", "target"]].merge(statements[["statement_id", "text"]], on="statement_id")
    known = known.assign(words=known["text"].map(words)).drop_duplicates(["words", "target"], keep=False)
    found = known.merge(gold[["words", "target", "stance"]].drop_duplicates(["words", "target"]), on=["words", "target"])
    return found[["statement_id", "target"]].assign(label=found["stance"], coder=f"gold {path.stem}")


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
    save(plot_over_time(summary, line, events, title=title, credit=credit)[0], out / "kremlin-trend")


def save(ax: matplotlib.axes.Axes, stem: Path) -> None:
    """Write a figure as PNG and SVG."""
    ax.figure.savefig(stem.with_suffix(".png"))
    ax.figure.savefig(stem.with_suffix(".svg"), metadata={"Date": None})


def records(table: pd.DataFrame) -> list[dict[str, object]]:
    """Return the rows of a table as JSON takes them."""
    made: list[dict[str, object]] = json.loads(table.round(4).to_json(orient="records"))
    return made


if __name__ == "__main__":
    main()
