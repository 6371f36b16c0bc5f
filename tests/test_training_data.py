"""What is trained on stays apart from what is measured with."""

import importlib
import json
import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
LINES = (ROOT / "training" / "written.jsonl").read_text(encoding="utf-8").splitlines()
ROWS = [json.loads(line) for line in LINES]
SUITE = [json.loads(line)["text"] for line in (ROOT / "tests" / "behaviour.jsonl").read_text(encoding="utf-8").splitlines()]


def runs(text, n=6):
    words = re.sub(r"\W+", " ", text.replace("[[", "").replace("]]", "").lower()).split()
    return {tuple(words[i : i + n]) for i in range(max(1, len(words) - n + 1))}  # a shorter text is one run, whole


def test_no_six_words_in_a_row_stand_in_the_behavioural_suite():
    measured = set().union(*map(runs, SUITE))
    assert [row["text"] for row in ROWS if runs(row["text"]) & measured] == []


def test_every_row_marks_one_mention_and_has_a_label():
    for line, row in zip(LINES, ROWS, strict=True):
        assert re.findall(r"\[\[|\]\]", row["text"]) == ["[[", "]]"], line
        assert re.search(r"\[\[\S(.*\S)?\]\]", row["text"]), line
        assert row["label"] in ("against", "neutral", "favor"), line
        assert all(isinstance(row[key], str) for key in ("text", "holder", "context", "capability")), line


def test_no_row_stands_there_twice_and_labels_are_balanced():
    assert max(Counter((row["text"], row["holder"], row["context"]) for row in ROWS).values()) == 1
    assert max(Counter(row["label"] for row in ROWS).values()) < 0.4 * len(ROWS)


def test_labels_in_a_document_of_gold_dev_are_left_out_also_where_it_is_cut_into_turns(monkeypatch, capsys):
    monkeypatch.syspath_prepend(ROOT / "training")
    data = importlib.import_module("data")
    rows = [data.Row(name, "Text.", 0, 4, "", "", 1) for name in ("talk_1#t0:12:US", "talk_2:12:US", "talk_10#t3:40:NATO")]
    assert [row.id for row in data.outside(rows, {"talk_1", "talk_2"}, "labels")] == ["talk_10#t3:40:NATO"]
    assert "3 rows, 2 stand in a document of gold dev, 1 kept" in capsys.readouterr().out
