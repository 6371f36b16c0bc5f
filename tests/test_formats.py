import io

import pandas as pd
import pytest

from analysis.decoding import NotTextError
from analysis.formats import read_records


def test_front_matter_gives_the_fields() -> None:
    data = b"\xef\xbb\xbf---\r\ntitle: Talks begin\r\ndate: 2021-12-27\r\nauthor: [Ana Sample, Bo Sample]\r\nlanguage: en\r\n---\r\nThey met.\r\n"
    fields = read_records(data, ".txt", {}).records[0].fields
    assert fields == {
        "title": "Talks begin",
        "published": "2021-12-27",
        "author": "Ana Sample, Bo Sample",
        "language": "en",
        "text": "They met.\n",
    }


def test_broken_front_matter_stays_in_the_text() -> None:
    found = read_records(b"---\ntitle: [open\n---\nThey met.", ".txt", {})
    assert "They met." in found.records[0].fields["text"] and "title: [open" in found.records[0].fields["text"]
    assert "not valid YAML" in found.warnings[0]


def test_front_matter_with_a_colon_or_a_quotation_in_its_headline_is_read_line_by_line() -> None:
    found = read_records(b'---\ntitle: "Enough", says Ren: the {talks} are over\nsource: Example News\nauthor:\n---\nThey met.', ".txt", {})
    assert found.records[0].fields == {
        "title": '"Enough", says Ren: the {talks} are over',
        "source": "Example News",
        "author": "",
        "text": "They met.",
    }
    assert "was read line by line" in found.warnings[0]


def test_a_day_that_does_not_exist_is_left_to_who_reads_dates() -> None:
    fields = read_records(b"---\ntitle: Talks begin\npublished: 2030-02-30\nauthor: null\n---\nThey met.", ".txt", {}).records[0].fields
    assert fields == {"title": "Talks begin", "published": "2030-02-30", "text": "They met."}


def test_markdown_marks_go() -> None:
    record = read_records(
        b"# Talks *begin*\n\nThey **met** in [Geneva](http://example.org).\n\n![map](m.png)\n> quoted", ".md", {}
    ).records[0]
    assert record.fields["text"].split() == ["They", "met", "in", "Geneva.", "quoted"]
    assert record.removed == ("![map](m.png)",)


def test_html_keeps_the_article_and_names_the_rest() -> None:
    body = "".join(
        f"<p>The delegations met in Geneva for the {n} time on Monday, and the talks will go on.</p>"
        for n in ("first", "second", "third", "fourth")
    )
    page = f"""<html lang="en-GB"><head><title>Talks begin</title><meta property="og:site_name" content="Example News"><meta name="author" content="Ana Sample">
    <meta property="article:published_time" content="2021-12-27T10:00:00Z"></head><body><nav><a href="/">Start page</a></nav><article><h1>Talks begin</h1>{body}</article></body></html>"""
    record = read_records(page.encode(), ".html", {}).records[0]
    assert record.fields["text"].count("The delegations met") == 4
    found = {name: record.fields[name] for name in ("title", "source", "author", "published", "language")}
    assert found == {
        "title": "Talks begin",
        "source": "Example News",
        "author": "Ana Sample",
        "published": "2021-12-27",
        "language": "en-GB",
    }
    assert "Start page" in record.removed


def test_guesses_ignore_case_and_hyphens() -> None:
    record = read_records(b"Doc-ID;BODY;Pub_Date;Outlet\n7;They met.;2021-12-27;Example\n", ".csv", {}).records[0]
    assert record.fields == {"text": "They met.", "published": "2021-12-27", "source": "Example"}
    assert record.row == "line 2, id 7"


def test_named_columns_come_before_guesses() -> None:
    data = b'{"text": "Teaser", "story": "They met."}\n'
    assert read_records(data, ".jsonl", {"text": "story"}).records[0].fields["text"] == "They met."
    missing = read_records(data, ".jsonl", {"text": "stroy"})
    assert not missing.records and "the columns are text, story" in missing.skipped[0]
    assert "'day'" in read_records(data, ".jsonl", {"published": "day"}).warnings[0]


def test_csv_without_text_lists_its_columns() -> None:
    assert read_records(b"a,b\n1,2\n3,4\n", ".csv", {}).skipped == ["no text column in 2 rows, first line 2; the columns are a, b"]


def test_one_stray_quotation_mark_costs_one_line() -> None:
    data = b'id,text\n1,"They met.\nAgain."\n2,"Never closed\n3,They left.\n4,They slept.\n5\n'
    found = read_records(data, ".csv", {})
    assert [record.fields["text"] for record in found.records] == ["They met.\nAgain.", "They left.", "They slept."]
    assert found.skipped == ["line 4: a quotation mark is never closed", "line 7: 1 values for 2 columns"]


def test_long_csv_fields_are_read() -> None:
    assert len(read_records(b"id,text\n1," + b"x" * 200_000, ".csv", {}).records[0].fields["text"]) == 200_000


def test_broken_json_lines_are_named() -> None:
    found = read_records(b'{"text": "One."}\n{"text": \n[1]\n\n{"text": "Two."}\n', ".jsonl", {})
    assert [record.row for record in found.records] == ["line 1", "line 5"]
    assert found.skipped[0].startswith("line 2: not valid JSON") and found.skipped[1].startswith("line 3: expected an object")


def test_a_missing_number_is_missing() -> None:
    assert read_records(b'{"text": "One.", "title": NaN}\n', ".jsonl", {}).records[0].fields == {"text": "One.", "title": ""}


def test_parquet_with_dates_and_nulls() -> None:
    file = io.BytesIO()
    pd.DataFrame({"content": ["One.", None], "date": pd.to_datetime(["2021-12-27", None]), "speaker": [None, "Ana Sample"]}).to_parquet(
        file
    )
    first, second = read_records(file.getvalue(), ".parquet", {}).records
    assert first.fields == {"text": "One.", "published": "2021-12-27T00:00:00", "speaker": ""}
    assert second.fields == {"text": "", "published": "", "speaker": "Ana Sample"}


def test_a_broken_parquet_file_is_refused() -> None:
    with pytest.raises(NotTextError, match="not a readable parquet file"):
        read_records(b"PAR1 nothing", ".parquet", {})
