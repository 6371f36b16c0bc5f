"""The seed article through the real models: the speakers are right, the stances are what a reader finds."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from analysis import run

ROOT = Path(__file__).parents[1]
# (words of the sentence, speaker); None: the agency's own words
SPEAKERS = [
    ("Moscow is concerned about the terms", "Sergey Lavrov"),
    ("Both delegations are supposed to include", "Sergey Lavrov"),
    ("Russia reiterates that talks without", "Sergey Lavrov"),
    ("Last month, Russian President Vladimir Putin", "Vladimir Putin"),
    ("On Dec. 15, Yury Ushakov", "Yury Ushakov"),
    ("The security guarantees, Lavrov said", "Sergey Lavrov"),
    ("The top diplomat slammed", "Sergey Lavrov"),
    ("“I do not rule out that", "Sergey Lavrov"),
    ("Lavrov said Russia had a trustworthy", "Sergey Lavrov"),
    ("For the same reason, he said", "Sergey Lavrov"),
    ("“This is a new attempt to move", "Sergey Lavrov"),
]


@pytest.fixture(scope="module")
def tables():
    return run(ROOT / "data" / "raw").tables


def test_article(tables):
    article = tables["articles"].iloc[0]
    assert article["title"] == "Russia says talks with US on security guarantees to start after Jan. 9"
    assert article["published"] == pd.Timestamp("2021-12-27")
    assert (article["source"], article["city"], article["agency"]) == ("AA", "Moscow", "AA")
    assert "cookies" in article["removed"] and "cookies" not in article["text"]


@pytest.mark.parametrize(("words", "speaker"), SPEAKERS)
def test_speakers(tables, words, speaker):
    statements = tables["statements"]
    found = statements[statements["text"].str.startswith(words)]
    assert found["speaker"].iloc[0] == speaker


def test_every_sentence_once_and_where_it_stands(tables):
    article, statements = tables["articles"].iloc[0], tables["statements"]
    assert statements.drop_duplicates(["start", "end"]).shape[0] == 14
    assert all(article["text"][s.start : s.end] == s.text for s in statements.itertuples())


def test_stances_a_reader_would_give(tables):
    rows = tables["scores"].merge(tables["statements"][["statement_id", "text", "speaker"]], on="statement_id")

    def label(words, target):
        return rows.loc[rows["text"].str.contains(words, regex=False) & (rows["target"] == target), "label"].tolist()

    assert label("talks with the US on Moscow’s demand", "US") == ["neutral"]
    assert label("will not prevent the US from violating", "US") == ["against"]
    assert label("slammed the Western stance", "West") == ["against"]
    assert label("without taking into account opposing views", "US") == ["against"]
    assert label("the principal negotiator on security talks", "US") == ["neutral"]


def test_a_run_needs_neither_torch_nor_transformers(tmp_path):
    code = (
        "import sys; from analysis import run; run(sys.argv[1], out=sys.argv[2]); "
        "print(sorted({'torch', 'transformers'} & {name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code, ROOT / "data" / "raw", tmp_path], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
