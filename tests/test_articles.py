import dataclasses
import json
import os
from pathlib import Path

import pandas as pd
import pytest

from analysis.articles import InputError, read_articles
from analysis.config import Config, ConfigError, load_config
from analysis.tables import TABLES

SEED = Path(__file__).parents[1] / "data/raw/aa-2021-12-27-russia-us-security-talks.txt"
LONG = " ".join(f"The delegation of country {i} met in Geneva." for i in range(20))


def reasons(frame: pd.DataFrame) -> dict[str, str]:
    return {Path(skip["path"]).name: skip["reason"] for skip in frame.attrs["skipped"]}


def with_reading(**changes: object) -> Config:
    config = load_config()
    return dataclasses.replace(config, reading=dataclasses.replace(config.reading, **changes))


def test_the_seed_article(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(SEED.parents[2])
    frame = read_articles("data/raw")
    assert list(frame.columns) == list(TABLES["articles"].columns) and len(frame) == 1
    row = frame.iloc[0]
    assert row.title == "Russia says talks with US on security guarantees to start after Jan. 9"
    assert (row.source, row.agency, row.city, str(row.published.date())) == ("AA", "AA", "Moscow", "2021-12-27")
    assert row.text.startswith(
        "Diplomats, military officials will take part in consultations, says Foreign Minister Lavrov.\n\nRussia announced on Monday"
    )
    assert row.text.endswith("disagreements and disputes,” he said.") and row.text.count("\n\n") == 13
    cookies, dateline = row.removed.split("\n")
    assert cookies.startswith("This website uses cookies") and cookies.endswith("Accept") and dateline == "MOSCOW (AA) –"
    assert row.path == "data/raw/aa-2021-12-27-russia-us-security-talks.txt"
    assert row[["author", "speaker", "url", "language", "duplicate_of"]].isna().all()
    assert frame.attrs["skipped"] == [] and frame.attrs["warnings"] == []
    assert [(i["path"], i["rows"], len(i["sha256"])) for i in frame.attrs["inputs"]] == [(row.path, 1, 64)]


def test_bad_files_are_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("They met in Geneva.")
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "blank.txt").write_bytes(b" \n\n")
    (tmp_path / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR")
    (tmp_path / "columns.csv").write_text("a,b\n1,2\n")
    (tmp_path / "notes.docx").write_bytes(b"PK")
    (tmp_path / "page.html").write_text("<html><body></body></html>")
    (tmp_path / "menu.txt").write_text("Home\n\nShare\n")
    (tmp_path / ".hidden.txt").write_text("They met.")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "lines.jsonl").write_text('{"text": "One."}\n{"text"\n{"text": "Two."}\n')
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / ".cache").mkdir()
    (tmp_path / "loop").symlink_to(tmp_path)
    frame = read_articles(tmp_path)
    assert frame["text"].tolist() == ["They met in Geneva.", "One.", "Two."]
    found = reasons(frame)
    assert found["empty.txt"] == found["blank.txt"] == "empty file"
    assert found["picture.txt"] == "binary contents, not text"
    assert found["columns.csv"] == "no text column in 1 rows, first line 2; the columns are a, b"
    assert found["notes.docx"].startswith("unsupported ending '.docx'; supported are .txt")
    assert found["page.html"] == "no article text found in the page"
    assert found["menu.txt"] == "nothing left but page furniture"
    assert found[".hidden.txt"] == "hidden file" and found["pipe.txt"] == "not a regular file"
    assert found["lines.jsonl"].startswith("line 2: not valid JSON")
    assert found[".cache"] == "hidden folder" and found["loop"].startswith("link to a folder")
    assert len(found) == 12


def test_an_unreadable_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.txt").write_text("They met.")
    (tmp_path / "b.txt").write_text("They left.")
    read = Path.read_bytes

    def refuse(self: Path) -> bytes:
        if self.name == "a.txt":
            raise PermissionError(13, "Permission denied")
        return read(self)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    frame = read_articles(tmp_path)
    assert frame["text"].tolist() == ["They left."] and reasons(frame) == {"a.txt": "cannot be read: Permission denied"}


def test_nothing_to_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no files in this folder"):
        read_articles(tmp_path)
    with pytest.raises(InputError, match=r"nowhere\.txt: no such file or folder"):
        read_articles([SEED, tmp_path / "nowhere.txt"])
    with pytest.raises(InputError, match="no path was given"):
        read_articles([])
    (tmp_path / "empty.txt").touch()
    with pytest.raises(InputError, match=r"empty\.txt: empty file"):
        read_articles(tmp_path / "empty.txt")


def test_an_unknown_field_in_the_configuration_is_an_error() -> None:
    with pytest.raises(ConfigError, match="unknown field 'txt'; the fields are text, id"):
        read_articles(SEED, with_reading(columns={"txt": "body"}))


def test_a_date_that_is_none_is_null_and_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "They met.", "date": "03/04/2022"}\n')
    frame = read_articles(tmp_path)
    assert frame["published"].isna().all()
    assert "'03/04/2022'" in frame.attrs["warnings"][0]["reason"] and frame.attrs["warnings"][0]["path"].endswith("a.jsonl, line 1")


@pytest.mark.parametrize(
    ("name", "source", "day"),
    [("rt-2022-06-01-x", "RT", "2022-06-01"), ("guardian_20220601", "Guardian", "2022-06-01"), ("speech-2022-06-01", None, "2022-06-01"), ("2022-06-01", None, "2022-06-01"), ("notes", None, "NaT")],
)  # fmt: skip
def test_the_name_of_a_file_helps_out(tmp_path: Path, name: str, source: str | None, day: str) -> None:
    (tmp_path / f"{name}.txt").write_text("They met.")
    row = read_articles(tmp_path).iloc[0]
    assert (None if pd.isna(row.source) else row.source, str(row.published)[:10]) == (source, day)


def test_what_the_file_says_comes_before_its_name(tmp_path: Path) -> None:
    (tmp_path / "rt-2022-06-01.txt").write_text("---\nsource: Example\ndate: 2021-12-27\nlanguage: en-GB\n---\nKYIV (AP) — They met.")
    row = read_articles(tmp_path).iloc[0]
    assert (row.source, row.agency, str(row.published.date()), row.language) == ("Example", "AP", "2021-12-27", "en")


def test_reprints_point_to_the_earliest(tmp_path: Path) -> None:
    rows = [
        {"text": LONG, "date": "2022-01-02"},
        {"text": LONG + " Again.", "date": "2022-01-01"},
        {"text": "They met.", "date": "2022-01-01"},
    ]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    frame = read_articles(tmp_path)
    assert frame["duplicate_of"].fillna("").tolist() == [frame["article_id"][1], "", ""]
    assert read_articles(tmp_path, with_reading(near_duplicate=1.0))["duplicate_of"].isna().all()


def test_identical_copies_are_skipped_by_name_and_ids_do_not_depend_on_the_place(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("They met.\r\n")
    frame = read_articles([tmp_path / "b.txt", tmp_path, tmp_path / "a.txt"])
    assert len(frame) == 1 and frame["path"][0].endswith("a.txt")
    assert reasons(frame)["b.txt"].startswith("same text, title, source, date and speaker as")
    assert [i["rows"] for i in frame.attrs["inputs"]] == [1, 0]
    (tmp_path / "c.csv").write_text("text\nThey met.\n")
    assert read_articles(tmp_path / "c.csv")["article_id"][0] == frame["article_id"][0]


def test_speech_turns_stay_as_they_are(tmp_path: Path) -> None:
    text = "MS. SAMPLE: Good afternoon.\n\nQ Will there be talks?\n\nMS. SAMPLE: Yes — soon."
    (tmp_path / "briefing.txt").write_text(f"---\nspeaker: Ana Sample\n---\n{text}")
    row = read_articles(tmp_path).iloc[0]
    assert (row.text, row.speaker, row.title is pd.NA or pd.isna(row.title)) == (text, "Ana Sample", True)
