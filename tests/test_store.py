"""The store keeps what it is given, tells damage from answers, and says what to do when it cannot be used."""

import sqlite3
from pathlib import Path

import pytest

from analysis import store as room
from analysis.cli import main
from analysis.store import FILE, Store, StoreError, remove

KEYS = [bytes([i]) * 32 for i in range(3)]


def filled(folder):
    with Store(folder) as store:
        store.put("pairs", "model 1", {KEYS[0]: b"one"})
        store.put("articles", "both", {KEYS[1]: b"two" * 100})
        store.commit()
    return folder


def test_what_is_put_is_there_for_the_next(tmp_path):
    with Store(filled(tmp_path / "a" / "b")) as store:
        assert store.get(KEYS) == {KEYS[0]: b"one", KEYS[1]: b"two" * 100}
        assert store.has(KEYS) == set(KEYS[:2])
        assert store.owners("pairs") == ["model 1"]
        assert store.describe()[0] == {"kind": "articles", "owner": "both", "answers": 1, "bytes": 300}


def test_uncommitted_answers_are_seen_here_and_lost_elsewhere(tmp_path):
    with Store(tmp_path) as store:
        store.put("pairs", "m", {KEYS[0]: b"x"})
        assert store.get(KEYS) == {KEYS[0]: b"x"} and store.has(KEYS) == {KEYS[0]}
        with Store(tmp_path) as other:
            assert other.get(KEYS) == {} and other.has(KEYS) == set()


def test_more_keys_than_one_query_takes(tmp_path):
    many = {i.to_bytes(32, "big"): str(i).encode() for i in range(3 * room.KEYS_A_QUERY + 1)}
    with Store() as store:
        store.put("pairs", "m", many)
        store.commit()
        assert store.get(many) == many


@pytest.mark.parametrize("column", ["value", "key", "seal"])
def test_a_damaged_entry_is_as_good_as_none(tmp_path, column):
    filled(tmp_path)
    database = sqlite3.connect(tmp_path / FILE)
    database.execute(f"UPDATE answers SET {column} = ? WHERE key = ?", (KEYS[2] if column == "key" else b"0n", KEYS[0]))
    database.commit()
    database.close()
    with Store(tmp_path) as store:
        assert store.get(KEYS) == {KEYS[1]: b"two" * 100}
        assert store.damaged == 1


@pytest.mark.parametrize("harm", [lambda b: b"no database at all" * 300, lambda b: b[:100] + bytes(len(b) - 100)])
def test_a_damaged_file_is_set_aside(tmp_path, harm):
    path = filled(tmp_path) / FILE
    path.write_bytes(harm(path.read_bytes()))
    with Store(tmp_path) as store:
        assert store.get(KEYS) == {}
        store.put("pairs", "m", {KEYS[0]: b"again"})
        store.commit()
        assert "set aside as answers.sqlite.damaged-1" in store.warnings[0]
    assert (tmp_path / f"{FILE}.damaged-1").exists()
    with Store(tmp_path) as store:
        assert store.get(KEYS) == {KEYS[0]: b"again"} and not store.warnings


def test_a_full_disk_says_what_to_do_and_keeps_what_was_finished(tmp_path):
    with Store(filled(tmp_path)) as store:
        store._database.execute("PRAGMA max_page_count = 8")  # SQLite's own word for a full disk
        store.put("pairs", "m", {KEYS[2]: bytes(100_000)})
        with pytest.raises(StoreError, match="disk is full; free some space or name another folder with --cache"):
            store.commit()
    with Store(tmp_path) as store:
        assert store.has(KEYS) == set(KEYS[:2])


def test_a_locked_file_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(room, "SECONDS_FOR_OTHERS", 0.1)
    with Store(filled(tmp_path)) as other, Store(tmp_path) as store:
        other._database.execute("BEGIN IMMEDIATE")
        store.put("pairs", "m", {KEYS[2]: b"x"})
        with pytest.raises(StoreError, match="locked"):
            store.commit()
        other._database.execute("ROLLBACK")
        store.commit()
        assert store.has([KEYS[2]])


def test_another_version_is_refused(tmp_path):
    filled(tmp_path)
    database = sqlite3.connect(tmp_path / FILE)
    database.execute("PRAGMA user_version = 7")
    database.close()
    with pytest.raises(StoreError, match=r"schema 7, this one is 1.*stance cache clear"):
        Store(tmp_path)
    remove(tmp_path)
    with Store(tmp_path) as store:
        assert store.has(KEYS) == set()


def test_a_place_that_cannot_be_a_store(tmp_path):
    (tmp_path / FILE).mkdir()
    with pytest.raises(StoreError, match="--no-cache"):
        Store(tmp_path)


def test_info_and_clear(tmp_path, capsys):
    cache = filled(tmp_path / "cache")
    (cache / "mine.txt").write_text("kept")
    assert main(["cache", "info", "--cache", str(cache)]) == 0
    said = capsys.readouterr().out
    assert "model 1" in said and "0.3 kB" in said and "in 1 files" in said
    assert main(["cache", "clear", "--cache", str(cache)]) == 0
    assert "removed" in capsys.readouterr().out
    assert [path.name for path in cache.iterdir()] == ["mine.txt"]
    for action in ("info", "clear"):
        assert main(["cache", action, "--cache", str(tmp_path / "nowhere")]) == 0
        assert "nothing is kept" in capsys.readouterr().out
    assert not Path(tmp_path / "nowhere").exists()
