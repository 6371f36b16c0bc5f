"""Statements: which words are whose, on spans made by hand; the offsets promise on any text."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.attribution import Attribution
from analysis.speakers import Speaker
from analysis.statements import extract_statements, holders
from analysis.tables import TABLES, check


class Fixed:
    """A tagger that gives back what it was told, by the words."""

    identity = "fixed"

    def __init__(self, *attributions):
        self.attributions = attributions

    def spans(self, text):
        def find(words):
            return tuple((text.index(w), text.index(w) + len(w)) for w in words if w in text)

        return [Attribution(*(find(part) for part in a)) for a in self.attributions if all(w in text for part in a for w in part)]


def articles(text, speaker=None, title=None):
    row = dict.fromkeys(TABLES["articles"].columns)
    return pd.DataFrame([{**row, "article_id": "a1", "text": text, "path": "x.txt", "speaker": speaker, "title": title}])


def extract(text, *attributions, speaker=None, **options):
    return extract_statements(articles(text, speaker), Fixed(*attributions), **options)


def test_one_speaker_in_a_sentence_holds_all_of_it():
    text = "NATO chief Ana Sample said the alliance was ready. It rained."
    table = extract(text, (["NATO chief Ana Sample"], ["said"], ["the alliance was ready"]))
    first, second = table.itertuples()
    assert (first.speaker, first.kind, first.cue) == ("Ana Sample", "indirect", "said")
    assert first.scope_spans == [[0, 50]]
    assert (pd.isna(second.speaker), second.kind, second.text) == (True, "narration", "It rained.")


def test_two_speakers_in_a_sentence_are_two_statements_with_their_own_words():
    text = "Ana Sample said NATO was a threat, while Tom Roe said Ukraine was a friend."
    table = extract(text, (["Ana Sample"], ["said NATO"[:4]], ["NATO was a threat"]), (["Tom Roe"], ["said"], ["Ukraine was a friend"]))
    assert table["text"].tolist() == [text, text]
    assert table["statement_id"].nunique() == 2
    words = {row.speaker: "".join(text[a:b] for a, b in row.scope_spans) for row in table.itertuples()}
    assert "Ukraine was a friend" in words["Tom Roe"] and "NATO" not in words["Tom Roe"] and "Ana" not in words["Tom Roe"]
    assert "NATO was a threat" in words["Ana Sample"] and "Ana Sample" in words["Ana Sample"] and "friend" not in words["Ana Sample"]


def test_nested_attribution_keeps_holder_and_reporter():
    text = "Ana Sample said Tom Roe claims that NATO lies."
    table = extract(text, (["Ana Sample"], ["said"], ["Tom Roe claims that NATO lies"]), (["Tom Roe"], ["claims"], ["that NATO lies"]))
    inner = table[table["speaker"] == "Tom Roe"].iloc[0]
    assert inner["reported_by"] == "Ana Sample"
    assert [text[a:b] for a, b in inner["scope_spans"]] == ["that NATO lies"]


def test_words_are_shared_out_without_rest():
    attributions = [
        Attribution(((0, 2),), ((2, 4),), ((4, 50),)),
        Attribution(((5, 7),), ((7, 9),), ((10, 30),)),
        Attribution(((11, 13),), ((13, 14),), ((15, 20),)),
    ]
    speakers = [Speaker("Ana Sample"), Speaker("Tom Roe"), Speaker("Eva Beispiel")]
    shares = [span for _, spans in holders(attributions, speakers, 0, 60) for span in spans]
    covered = sorted(i for a, b in shares for i in range(a, b))
    assert covered == list(range(60))
    assert dict(holders(attributions, speakers, 0, 60))[2] == [(15, 20)]


def test_a_quotation_over_two_sentences_keeps_its_speaker():
    text = "“We are ready. " + "We will wait for a very long time indeed. " * 12 + "We will not go,” Ana Sample said."
    content = text[: text.index(" Ana")]
    table = extract(text, (["Ana Sample"], ["said"], [content]))
    assert len(table) > 2
    assert set(table["speaker"]) == {"Ana Sample"}
    assert set(table["kind"].iloc[:-1]) == {"direct"}


@pytest.mark.parametrize(
    ("text", "content", "kind"),
    [
        ("“NATO lies,” Ana Sample said.", "“NATO lies,”", "direct"),
        ("Ana Sample said that NATO “lies”.", "that NATO “lies”", "mixed"),
        ("Ana Sample said that NATO lies.", "that NATO lies", "indirect"),
        ("«NATO lies», Ana Sample said.", "«NATO lies»", "direct"),
        ('"NATO lies", Ana Sample said.', '"NATO lies"', "direct"),
    ],
)
def test_kind(text, content, kind):
    assert extract(text, (["Ana Sample"], ["said"], [content]))["kind"].tolist() == [kind]


def test_a_speech_is_its_speakers_own_words():
    table = extract("We are ready. Tom Roe said NATO lies.", (["Tom Roe"], ["said"], ["NATO lies"]), speaker="Ana Sample")
    assert table["speaker"].tolist() == ["Ana Sample", "Tom Roe"]
    assert table["kind"].tolist() == ["direct", "indirect"]
    assert table["reported_by"].iloc[1] == "Ana Sample"


def test_context_is_what_stands_before():
    table = extract("One two three. Four five six. Seven.", context=16)
    assert table["context"].tolist() == ["", "One two three.", "Four five six."]


def test_ids_are_the_same_on_every_run_and_differ_by_place():
    a, b = extract("It rained. It rained."), extract("It rained. It rained.")
    assert a["statement_id"].tolist() == b["statement_id"].tolist()
    assert a["statement_id"].nunique() == 2


def test_no_article_gives_an_empty_table():
    table = extract_statements(articles("x").iloc[:0], Fixed())
    assert table.empty and list(table.columns) == list(TABLES["statements"].columns)


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet="ab .,:;!?\n“”\"'’«»„-•ABNATO\u00a0é", max_size=300), st.data())
def test_offsets_promise_on_any_text(text, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, max(0, len(text))), min_size=6, max_size=6)))
    spans = [((a, b),) if a < b else () for a, b in zip(cuts[::2], cuts[1::2], strict=True)]

    class Drawn:
        identity = "drawn"

        def spans(self, _):
            return [Attribution(*spans)]

    table = check(extract_statements(articles(text), Drawn()), "statements")
    for row in table.itertuples():
        assert text[row.start : row.end] == row.text
        assert all(row.start <= a < b <= row.end for a, b in row.scope_spans)
    seen = {i for row in table.itertuples() for a, b in row.scope_spans for i in range(a, b)}
    assert {i for i, c in enumerate(text) if not c.isspace()} <= seen
