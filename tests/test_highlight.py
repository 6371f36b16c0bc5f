"""The highlighted article: true to the text, safe to show, readable without colour."""

import re
from html import unescape
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.highlight import INK, NARRATION, OWN_VOICE, PALETTE, REST, highlight_article, show_article
from analysis.tables import empty

TEXT = "It rains. Jane Roe said NATO <b>leads</b> & wins. “Yes,” she added."


def article(text: str = TEXT, **more) -> pd.Series:
    return pd.Series({"article_id": "a1", "title": None, "text": text, **more})


def statement(start: int, end: int, text: str = TEXT, **more) -> dict:
    row = {
        "statement_id": f"s{start}-{end}-{more.get('speaker')}", "article_id": "a1", "start": start, "end": end, "text": text[start:end],
        "kind": "indirect", "speaker": None, "speaker_role": None, "reported_by": None, "source_text": None, "cue": None,
        "source_spans": [], "cue_spans": [], "content_spans": [], "context": "",
    }  # fmt: skip
    return row | more


def rows(*given_rows: dict) -> pd.DataFrame:
    return pd.DataFrame(list(given_rows)) if given_rows else empty("statements")


def roe(**more) -> dict:
    start, end = TEXT.index("Jane"), TEXT.index("wins.") + 5
    name, cue = TEXT.index("Jane Roe"), TEXT.index("said")
    spans = {"source_spans": [[name, name + 8]], "cue_spans": [[cue, cue + 4]], "content_spans": [[cue + 5, end - 1]]}
    return statement(start, end, speaker="Jane Roe", speaker_role="envoy", **spans, **more)


def body(html: str) -> str:
    return re.search(r'<div class="stance-text">(.*)</div></section>\Z', html, re.DOTALL)[1]


def plain(html: str) -> str:
    return unescape(re.sub(r"<[^<>]*>", "", body(html)))


def pieces(html: str) -> list[tuple[set[str], dict[str, str], str]]:
    """Return classes, attributes and text of every highlighted piece."""

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            self.now = dict(attrs)

        def handle_endtag(self, tag):
            self.now = None

        def handle_data(self, data):
            if getattr(self, "now", None):
                self.found.append((set(self.now["class"].split()), self.now, data))

    reader = Reader()
    reader.found = []
    reader.feed(body(html))
    return reader.found


def test_source_cue_and_target_are_marked_where_they_stand() -> None:
    row = roe()
    at = row["text"].index("NATO")
    mentions = pd.DataFrame(
        [{"statement_id": row["statement_id"], "target": "NATO", "surface": "NATO", "start": at, "end": at + 4, "via": "name"}]
    )
    found = pieces(highlight_article(article(), rows(row), mentions))
    by = {kind: "".join(text for classes, _, text in found if kind in classes) for kind in ("st", "source", "cue", "target")}
    assert by == {"st": row["text"], "source": "Jane Roe", "cue": "said", "target": "NATO"}
    assert {attributes["title"] for _, attributes, _ in found} == {"Jane Roe (envoy), indirect"}


def test_markup_in_an_article_is_shown_as_text() -> None:
    text = '<script>alert("x")</script> & </div>'
    html = highlight_article(article(text, title="<i>T</i>"), rows(statement(0, len(text), text, speaker='"><img src=x>', kind="<k>")))
    assert "<script" not in html
    assert "<img" not in html
    assert "<i>" not in html
    assert plain(html) == text


def test_a_bare_carriage_return_survives_a_browser() -> None:
    assert "a&#13;b" in highlight_article(article("a\rb"), rows())


def test_the_legend_counts_statements_per_speaker_most_heard_first() -> None:
    html = highlight_article(
        article(), rows(statement(0, 9), roe(), statement(50, len(TEXT), speaker="Jane Roe"), statement(0, 4, speaker="John Doe"))
    )
    legend = re.sub(r"<[^>]+>", "|", re.search(r"<ul.*?</ul>", html, re.DOTALL)[0])
    assert [x for x in legend.split("|") if ":" in x] == ["1 Jane Roe: 2", "2 John Doe: 1", f"{OWN_VOICE}: 1"]


def test_every_speaker_has_a_number_beside_the_colour() -> None:
    many = [statement(i, i + 1, speaker=f"Person {i}") for i in range(len(PALETTE) + 3)]
    found = pieces(highlight_article(article(), rows(*many)))
    assert [attributes["data-n"] for _, attributes, _ in found] == [str(i + 1) for i in range(len(many))]
    assert sum(REST in attributes["style"] for _, attributes, _ in found) == 3


def test_the_innermost_of_two_statements_is_shown_and_both_are_named() -> None:
    outer = roe()
    at = TEXT.index("NATO")
    inner = statement(outer["start"], outer["end"], speaker="NATO", reported_by="Jane Roe", source_spans=[[at, at + 4]])
    found = pieces(highlight_article(article(), rows(outer, inner)))
    nato = next(attributes for _, attributes, text in found if text == "NATO")
    assert nato["title"] == "NATO, indirect, reported by Jane Roe; Jane Roe (envoy), indirect"
    assert nato["style"] != found[0][1]["style"]


def test_a_statement_that_is_not_in_the_article_is_refused_by_name() -> None:
    row = roe() | {"text": "something else"}
    with pytest.raises(ValueError, match=row["statement_id"]):
        highlight_article(article(), rows(row))


def test_statements_of_other_articles_are_passed_over() -> None:
    html = highlight_article(article(), rows(roe(article_id="a2")))
    assert "No statements" in html
    assert pieces(html) == []


def test_an_article_without_statements_or_text_is_shown_all_the_same() -> None:
    assert plain(highlight_article(article(), rows())) == TEXT
    assert plain(highlight_article(article(""), rows())) == ""


def test_spans_read_from_parquet_are_arrays() -> None:
    row = roe()
    arrays = {
        name: np.array([np.array(span) for span in row[name]], dtype=object) for name in ("source_spans", "cue_spans", "content_spans")
    }
    assert highlight_article(article(), rows(row | arrays)) == highlight_article(article(), rows(row))
    assert plain(highlight_article(article(), rows(row | {"cue_spans": None}))) == TEXT


def test_jupyter_shows_the_view_by_itself() -> None:
    assert show_article(article(), rows(roe()))._repr_html_() == highlight_article(article(), rows(roe()))


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return sum(x * weight for x, weight in zip(linear, (0.2126, 0.7152, 0.0722), strict=True))


@pytest.mark.parametrize("ground", [*PALETTE, REST, NARRATION])
def test_text_is_readable_on_every_colour(ground: str) -> None:
    assert (luminance(ground) + 0.05) / (luminance(INK) + 0.05) >= 11  # AA asks for 4.5


spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted), max_size=3)


@settings(deadline=None)
@given(
    st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("<>&\"'\r\n\t;# script/")), max_size=60),
    st.lists(st.tuples(spans.filter(len), spans, spans, spans, st.sampled_from([None, "A", "<b>", '"'])), max_size=5),
)
def test_without_its_tags_the_view_is_the_article(text: str, drawn: list) -> None:
    def fit(given_spans: list) -> list:
        return [[min(s, len(text)), min(e, len(text))] for s, e in given_spans]

    made = []
    for i, (where, source, cue, content, speaker) in enumerate(drawn):
        start, end = fit(where)[0]
        more = {
            "source_spans": fit(source),
            "cue_spans": fit(cue),
            "content_spans": fit(content),
            "speaker": speaker,
            "statement_id": str(i),
        }
        made.append(statement(start, end, text, **more))
    mentions = pd.DataFrame([{"statement_id": str(i), "start": 0, "end": m["end"] - m["start"]} for i, m in enumerate(made)])
    html = highlight_article(article(text), rows(*made), mentions)
    assert plain(html) == text
    covered = "".join(text[i] for i in range(len(text)) if any(m["start"] <= i < m["end"] for m in made))
    shown = re.findall(r"<span [^<>]*>([^<>]*)</span>", body(html))
    assert unescape("".join(shown)) == covered
