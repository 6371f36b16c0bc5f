"""Articles taken up piece by piece are those that are read at once, and large tables are written in parts that read like one."""

import json
import random
import tempfile
from datetime import date

import pandas as pd
import pytest
from fakes import CONFIG, go, table_bytes, write_articles

from analysis import read_articles, read_results, shelf, writing
from analysis.inputs import InputError
from analysis.reprints import Sketches, find_reprints, jaccard, shingle_hashes
from analysis.shelf import Shelf

SENTENCE = "talks on the coast went on for days while ships of both sides stayed where they were and nobody said when this would end or who leaves first"


def long(n):
    """Return a text of 28 words whose order is that of ``n`` alone."""
    return " ".join(random.Random(n).sample(SENTENCE.split(), 28)) + "."


@pytest.fixture
def raw(tmp_path):
    """Return a folder with articles in two files, the third a reprint of the first by way of the other file."""
    folder = tmp_path / "raw"
    folder.mkdir()
    rows = [{"text": long(n if n != 7 else 2), "date": f"2031-01-{20 - n:02}", "title": f"Day {n}"} for n in range(10)]
    for name, part in (("a", rows[:5]), ("b", rows[5:])):
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in part), encoding="utf-8")
    (folder / "c.xyz").write_text("?", encoding="utf-8")
    return folder


@pytest.mark.parametrize("piece", [1, 400, 10**6])
def test_pieces_are_the_table_that_is_read_at_once(raw, piece, monkeypatch):
    monkeypatch.setattr(shelf, "PIECE", piece)
    told = []
    whole = read_articles(raw)
    with Shelf(raw, CONFIG, progress=told.append) as articles:
        for _ in range(2):  # as often as needed
            parts = list(articles)
            together = pd.concat(parts, ignore_index=True)
            pd.testing.assert_frame_equal(together, whole, check_exact=True)
        assert articles.attrs == whole.attrs
        assert len(articles) == sum(told) == 10
        assert articles.reprints == whole["duplicate_of"].notna().sum() == 1
        assert len(parts) == {1: 10, 400: 5, 10**6: 1}[piece]


def test_nothing_to_read_is_said_as_before(tmp_path):
    (tmp_path / "empty.txt").write_text("", encoding="utf-8")
    with pytest.raises(InputError, match="empty file"):
        Shelf(tmp_path, CONFIG)


def test_the_file_is_where_it_is_told_to_be_and_goes(raw, tmp_path, monkeypatch):
    place = tmp_path / "place"
    place.mkdir()
    made = []
    real = tempfile.TemporaryFile
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda dir: made.append((dir, real(dir=dir))) or made[-1][1])
    with Shelf(raw, CONFIG, place):
        pass
    with pytest.raises(InputError):
        Shelf(place, CONFIG, place)
    assert [dir for dir, _ in made] == [place, place]
    assert all(file.closed for _, file in made)
    assert list(place.iterdir()) == []


def test_sketches_find_what_comparing_every_pair_finds():
    texts = [long(n % 4) + (" Then it rained." if n % 3 == 0 else "") for n in range(12)] + ["Thank you."] * 2
    days = [date(2031, 1, 1 + n % 5) if n % 6 else None for n in range(14)]
    speakers = ["Ana Sample" if n % 2 else "" for n in range(14)]
    found, hashes = [None] * len(texts), [shingle_hashes(text) for text in texts]
    order = sorted(range(len(texts)), key=lambda i: (days[i] is None, days[i] or date.min, i))
    for place, i in enumerate(order):
        if len(hashes[i]) >= 18:
            alike = (
                j for j in order[:place]
                if found[j] is None and not (speakers[i] and speakers[j] and speakers[i] != speakers[j]) and jaccard(hashes[i], hashes[j]) >= 0.8
            )  # fmt: skip
            found[i] = next(alike, None)
    assert find_reprints(texts, days, speakers, 0.8) == found
    asked = []
    sketches = Sketches(0.8)
    for row in zip(texts, days, speakers, strict=True):
        sketches.add(*row)

    def text_of(i):
        asked.append(i)
        return texts[i]

    assert sketches.reprints(text_of) == found
    assert len([i for i in found if i is not None]) >= 4
    assert not {12, 13} & set(asked)


def test_large_tables_are_folders_of_parts_that_read_like_files(tmp_path, monkeypatch):
    raw = write_articles(tmp_path / "raw", 12)
    whole = go(raw, tmp_path / "whole", tmp_path / "cache")
    monkeypatch.setattr(writing, "PART", 5)
    monkeypatch.setattr(shelf, "PIECE", 150)
    cut = go(raw, tmp_path / "cut", tmp_path / "cache")
    assert len(list((tmp_path / "cut" / "statements.parquet").glob("part-*.parquet"))) > 2
    for name in ("articles", "statements", "mentions", "scores", "summary"):
        pd.testing.assert_frame_equal(cut.tables[name], whole.tables[name])
        pd.testing.assert_frame_equal(read_results(tmp_path / "cut").tables[name], whole.tables[name])
    csv = {name: data for name, data in table_bytes(tmp_path / "whole").items() if name.endswith(".csv")}
    assert {name: (tmp_path / "cut" / name).read_bytes() for name in csv} == csv
    assert cut.first_scores(3)["statement_id"].tolist() == whole.first_scores(3)["statement_id"].tolist()
    # With nothing new the parts stand; one that was changed does not.
    assert go(raw, tmp_path / "cut", tmp_path / "cache").manifest["store"]["articles"] == {"from the store": 12, "computed": 0}
    part = tmp_path / "cut" / "scores.parquet" / "part-00001.parquet"
    before = part.read_bytes()
    part.write_bytes(b"x")
    go(raw, tmp_path / "cut", tmp_path / "cache")
    assert part.read_bytes() == before
    # A smaller run puts files where the folders were, and leaves nothing of them.
    monkeypatch.setattr(writing, "PART", 10**6)
    go(raw, tmp_path / "cut", tmp_path / "cache", overwrite=True)
    assert (tmp_path / "cut" / "statements.parquet").is_file()
    assert {p.name for p in (tmp_path / "cut").iterdir()} == {p.name for p in (tmp_path / "whole").iterdir()}
