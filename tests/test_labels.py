import threading

import pandas as pd
import pytest

from analysis import labels as room
from analysis.labels import append_labels, current, read_labels, resolve


def given(*rows):
    return pd.DataFrame(rows, columns=["statement_id", "target", "label", "coder"])


def test_labels_are_appended_never_replaced(tmp_path):
    path = tmp_path / "deep" / "labels.parquet"
    append_labels(path, given(("s1", "NATO", "against", "Ana")))
    first = read_labels(path)
    append_labels(path, given(("s1", "NATO", "neutral", "Ana"), ("s1", "NATO", "favor", "Bo")))
    everything = read_labels(path)
    pd.testing.assert_frame_equal(everything[:1], first)
    assert list(everything["label"]) == ["against", "neutral", "favor"]
    assert everything["labelled_at"].is_monotonic_increasing
    assert [f.name for f in path.parent.iterdir()] == ["labels.parquet"]


def test_last_word_of_each_coder_counts_and_withdrawn_ones_do_not():
    labels = given(
        ("s1", "NATO", "against", "Ana"),
        ("s1", "NATO", "neutral", "Ana"),
        ("s1", "NATO", "favor", "Bo"),
        ("s2", "US", "favor", "Bo"),
        ("s2", "US", None, "Bo"),
    )
    assert list(current(labels)["label"]) == ["neutral", "favor"]


def test_coders_are_averaged_by_hand():
    labels = given(("s1", "NATO", "against", "Ana"), ("s1", "NATO", "neutral", "Bo"), ("s2", "US", "favor", "Ana")).assign(
        probability=[0.1, 0.2, None]
    )
    first, second = resolve(labels).to_dict("records")
    assert (first["y_stance"], first["y_against"], first["y_neutral"], first["y_favor"], first["probability"]) == (-0.5, 0.5, 0.5, 0.0, 0.2)
    assert (second["y_stance"], second["y_favor"]) == (1.0, 1.0)
    assert pd.isna(second["probability"])


def test_no_file_is_no_labels(tmp_path):
    assert len(read_labels(tmp_path / "labels.parquet")) == 0


def test_unknown_labels_and_missing_coders_are_refused_and_nothing_is_written(tmp_path):
    path = tmp_path / "labels.parquet"
    with pytest.raises(ValueError, match="unknown label 'pro' in row 0"):
        append_labels(path, given(("s1", "NATO", "pro", "Ana")))
    with pytest.raises(ValueError, match=r"labels\.coder is null"):
        append_labels(path, given(("s1", "NATO", "favor", None)))
    assert not path.exists()


def test_writers_at_the_same_time_lose_nothing(tmp_path):
    path = tmp_path / "labels.parquet"
    work = [threading.Thread(target=append_labels, args=(path, given((f"s{i}", "NATO", "favor", "Ana")))) for i in range(8)]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    assert set(read_labels(path)["statement_id"]) == {f"s{i}" for i in range(8)}


def test_left_over_lock_is_explained(tmp_path, monkeypatch):
    monkeypatch.setattr(room, "WAIT", 0.1)
    (tmp_path / "labels.parquet.lock").touch()
    with pytest.raises(ValueError, match=r"delete .*labels\.parquet\.lock"):
        append_labels(tmp_path / "labels.parquet", given(("s1", "NATO", "favor", "Ana")))
