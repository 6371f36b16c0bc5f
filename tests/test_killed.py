"""A run that is killed goes on where it stopped and ends in the same bytes; two runs at once do not harm each other."""

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from fakes import LengthClassifier, SaidTagger, go, table_bytes, weighing, write_articles

from analysis import answers
from analysis.occlusion import STATEMENTS_A_CALL
from analysis.results import read_results
from analysis.storage import LOCK
from analysis.store import FILE

FAKES = Path(__file__).with_name("fakes.py")
ARTICLES = 8
# What happens for which time when the process dies, and how many articles are in the store by then, at least.
POINTS = [("text", 6, 2), ("block", 1, 0), ("block", 4, 2), ("summarize", 1, 8), *(("move", n, 8) for n in (1, 2, 9, 12))]


def start(raw, out, cache, point="never", at=0, words=0):
    return subprocess.Popen([sys.executable, str(FAKES), *map(str, (raw, out, cache, point, at, words))], stderr=subprocess.PIPE)


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(answers, "WORKED", 150)


def test_killed_anywhere_ends_in_the_same_tables(tmp_path, small_blocks):
    raw = write_articles(tmp_path / "raw", ARTICLES)
    go(raw, tmp_path / "whole")
    expected = table_bytes(tmp_path / "whole")
    assert len(expected) == 12
    killed = [
        (f"{point}-{at}", start(raw, tmp_path / f"{point}-{at}", tmp_path / f"cache {point}-{at}", point, at)) for point, at, _ in POINTS
    ]
    for (name, process), (_, _, kept) in zip(killed, POINTS, strict=True):
        said = process.communicate()[1].decode()
        assert process.returncode == -signal.SIGKILL, (name, said)
        out, tagger, classifier = tmp_path / name, SaidTagger(), LengthClassifier()
        done = go(raw, out, tmp_path / f"cache {name}", tagger=tagger, classifier=classifier)
        assert table_bytes(out) == expected, name
        assert len(tagger.asked) <= ARTICLES - kept, name
        assert done.manifest["store"]["articles"]["computed"] == len(tagger.asked)
        assert bool(classifier.asked) == (kept < ARTICLES), name
        assert {p.name for p in out.glob(".*")} <= {LOCK}, name
        assert len(read_results(out).tables["articles"]) == ARTICLES


def test_killed_while_words_are_weighed(tmp_path, small_blocks):
    raw, config = write_articles(tmp_path / "raw", 2 * ARTICLES), weighing(12)
    go(raw, tmp_path / "whole", config=config)
    assert pd.read_parquet(tmp_path / "whole" / "words.parquet")["statement_id"].nunique() > STATEMENTS_A_CALL
    assert start(raw, tmp_path / "out", tmp_path / "cache", "words", 2, 12).wait() == -signal.SIGKILL
    again, whole = LengthClassifier(), LengthClassifier()
    go(raw, tmp_path / "out", tmp_path / "cache", config, classifier=again)
    assert table_bytes(tmp_path / "out") == table_bytes(tmp_path / "whole")
    go(raw, tmp_path / "other", config=config, classifier=whole)
    assert 0 < len(again.asked) < len(whole.asked) / 2  # what had been weighed was kept


def test_a_folder_whose_files_were_being_replaced_holds_no_finished_run(tmp_path, small_blocks):
    raw = write_articles(tmp_path / "raw", ARTICLES)
    assert start(raw, tmp_path / "out", tmp_path / "cache", "move", 3).wait() == -signal.SIGKILL
    assert (tmp_path / "out" / ".unfinished.json").exists()
    with pytest.raises(ValueError, match="no finished run"):
        read_results(tmp_path / "out")


def test_two_runs_at_once_on_one_folder(tmp_path, small_blocks):
    raw = write_articles(tmp_path / "raw", ARTICLES)
    go(raw, tmp_path / "whole")
    for process in [start(raw, tmp_path / "out", tmp_path / "cache") for _ in range(3)]:
        said = process.communicate()[1].decode()
        assert process.returncode == 0, said
    assert table_bytes(tmp_path / "out") == table_bytes(tmp_path / "whole")
    database = sqlite3.connect(tmp_path / "cache" / FILE)
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert database.execute("SELECT COUNT(*) FROM answers JOIN owners USING (owner) WHERE kind = 'articles'").fetchall() == [(ARTICLES,)]
    database.close()
    tagger = SaidTagger()
    go(raw, tmp_path / "other", tmp_path / "cache", tagger=tagger)
    assert tagger.asked == []
