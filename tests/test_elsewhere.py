"""Articles are read from, and results written to, places that fsspec knows; here its file system in memory and file://."""

import json
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pandas as pd
import pytest
from fakes import CONFIG, SaidTagger, go, write_articles

from analysis import publishing, read_articles
from analysis.elsewhere import ElsewhereError, as_path, mirrored
from analysis.inputs import InputError
from analysis.storage import LABELS, ResultsError
from analysis.tables import empty

upath = pytest.importorskip("upath")


@pytest.fixture
def raw(tmp_path):
    return write_articles(tmp_path / "raw", 6)


@pytest.fixture
def bucket(raw, request):
    """Return a folder in fsspec's memory with the same articles."""
    place = upath.UPath(f"memory://{request.node.name}/articles")
    for path in raw.iterdir():
        target = place / "deep" / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes())
    return place


def test_articles_elsewhere_are_those_here(raw, bucket):
    here, there = read_articles(raw), read_articles(str(bucket))
    pd.testing.assert_frame_equal(here.drop(columns="path"), there.drop(columns="path"))
    assert there["path"].str.startswith(f"{bucket}/deep/").all()
    assert len(read_articles([str(bucket), str(bucket / "deep" / "a000.txt")])) == len(here)
    by_file = read_articles(f"file://{raw}")
    assert by_file["article_id"].tolist() == here["article_id"].tolist()


def test_results_elsewhere_are_those_here(raw, bucket, tmp_path, monkeypatch):
    out, cache = bucket.parent / "results", tmp_path / "cache"
    here, there = go(raw, tmp_path / "out"), go(str(bucket), str(out), cache)
    for name in ("statements", "mentions", "scores", "summary"):
        pd.testing.assert_frame_equal(here.tables[name], there.tables[name])
        assert (out / f"{name}.csv").read_bytes() == (tmp_path / "out" / f"{name}.csv").read_bytes()
    assert {p.name for p in out.iterdir()} == {p.name for p in (tmp_path / "out").iterdir()} - {
        "charts",
        ".lock",
    }  # the first is empty here, and no folder there
    manifest = (out / "manifest.json").read_bytes()
    assert json.loads(manifest)["fingerprint"]
    # Nothing new: nothing is computed and nothing is copied, also where the folder here was lost or there is none.
    (out / "summary.csv").write_bytes(b"left alone")
    again = go(str(bucket), str(out), cache)
    assert again.manifest["store"]["articles"] == {"from the store": 6, "computed": 0}
    assert (out / "summary.csv").read_bytes() == b"left alone"
    for path in cache.glob("results-*"):
        shutil.rmtree(path)
    go(str(bucket), str(out), cache)
    go(str(bucket), str(out))
    assert (out / "summary.csv").read_bytes() == b"left alone" and (out / "manifest.json").read_bytes() == manifest
    # What has gone there is brought back, and so is everything where that is asked for.
    (out / "scores.csv").unlink()
    go(str(bucket), str(out), cache)
    assert (out / "scores.csv").read_bytes() == (tmp_path / "out" / "scores.csv").read_bytes()
    (out / "summary.csv").write_bytes(b"left alone")
    go(str(bucket), str(out), cache, overwrite=True)
    assert (out / "summary.csv").read_bytes() == (tmp_path / "out" / "summary.csv").read_bytes()
    manifest = (out / "manifest.json").read_bytes()
    (out / "summary.csv").write_bytes(b"left alone")
    # An article changes: the new results are there, and the manifest is another one; a report that no longer is one goes.
    monkeypatch.setattr(publishing, "MOST_IN_REPORT", 0)
    (bucket / "deep" / "a000.txt").write_text("Ana Sample said NATO was number 99.\n", encoding="utf-8")
    go(str(bucket), str(out), cache)
    assert (out / "manifest.json").read_bytes() != manifest
    assert "number 99" in (out / "statements.csv").read_text(encoding="utf-8")
    assert (out / "summary.csv").read_bytes() != b"left alone"
    assert not (out / ".unfinished.json").exists() and not (out / "report.html").exists()


def test_another_configuration_elsewhere_is_not_overwritten(raw, bucket, tmp_path):
    out = bucket.parent / "results"
    go(raw, str(out))
    other = replace(CONFIG, from_context=not CONFIG.from_context)
    with pytest.raises(ResultsError, match="another configuration"):
        go(raw, str(out), config=other)
    go(raw, str(out), config=other, overwrite=True)
    assert json.loads((out / "manifest.json").read_text())["config"]["from_context"] is other.from_context


def test_a_run_that_waited_sees_what_the_other_has_written(raw, bucket, tmp_path):
    """Two runs of different configurations: the second is refused although the place was empty when it began."""
    out, cache = bucket.parent / "results", tmp_path / "cache"
    other = replace(CONFIG, from_context=not CONFIG.from_context)
    with ThreadPoolExecutor() as pool, mirrored(str(out), cache) as here:
        waiting = pool.submit(go, raw, str(out), cache, other)
        time.sleep(1)
        assert not waiting.done()
        go(raw, here)
    with pytest.raises(ResultsError, match="another configuration"):
        waiting.result()


def test_files_that_are_no_results_are_left_alone(raw, bucket):
    with pytest.raises(ResultsError, match="holds files but no results"):
        go(raw, str(bucket))
    go(raw, str(bucket), overwrite=True)
    assert (bucket / "manifest.json").exists() and (bucket / "deep" / "a000.txt").exists()


def test_a_place_that_refuses_is_told_before_anything_is_computed(raw, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    tagger = SaidTagger()
    with pytest.raises(ElsewhereError, match=r"file/results: cannot be written to: "):
        go(raw, f"file://{tmp_path}/file/results", tagger=tagger)
    assert not tagger.asked


def test_hidden_folders_are_skipped_and_named_as_here(bucket):
    (bucket / ".ipynb_checkpoints").mkdir(parents=True, exist_ok=True)
    (bucket / ".ipynb_checkpoints" / "a.txt").write_text("Ana Sample said NATO was a copy.\n", encoding="utf-8")
    articles = read_articles(bucket)  # a path itself, not its name
    assert len(articles) == 6
    assert articles.attrs["skipped"] == [{"path": f"{bucket}/.ipynb_checkpoints", "reason": "hidden folder"}]


def test_hand_labels_elsewhere_stay_and_count(raw, bucket, tmp_path):
    out, cache = bucket.parent / "results", tmp_path / "cache"
    before = go(raw, str(out), cache).manifest["fingerprint"]
    empty("labels").to_parquet(tmp_path / LABELS)
    (out / LABELS).write_bytes((tmp_path / LABELS).read_bytes())
    assert go(raw, str(out), cache).manifest["fingerprint"] != before
    assert (out / LABELS).read_bytes() == (tmp_path / LABELS).read_bytes()


@pytest.mark.parametrize(
    ("path", "error", "said"),
    [
        ("memory://nowhere/at-all", InputError, "no such file or folder"),
        ("nosuch://x/y", ElsewhereError, "nosuch"),
    ],
)
def test_places_that_are_not_there(path, error, said):
    with pytest.raises(error, match=said):
        read_articles(path)


def test_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "upath", None)
    with pytest.raises(ElsewhereError, match="stance-analysis\\[remote\\]"):
        as_path("s3://bucket/articles")
