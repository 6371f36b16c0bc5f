"""Sentence boundaries: by hand for news English, and promises for any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.sentences import LONG, sentence_spans

MARKS = [
    '"',
    "“",
    "”",
    "‘",
    "’",
    "«",
    "»",
    "U.S. ",
    "Jan. 9",
    "Mr. ",
    "… ",
    "... ",
    ". ",
    "\n",
    "\n\n",
    "\r\n",
    "\u2028",
    "\x1c",
    "\u00a0",
    "\u200b",
]
MORE = [
    "p.m. Monday",
    "R-S.C.",
    "\n- ",
    "\n1. ",
    "Q: ",
    "MS. ROE: ",
    "Word ",
    "word ",
    "5 ",
    "!",
    "?",
    ")",
    "(",
    "。",
    "e\u0301",
    "😀",
    "\ud800",
    "A.B.",
]
anything = st.one_of(st.lists(st.sampled_from(MARKS + MORE), max_size=120).map("".join), st.text(max_size=600))


def cut(text):
    return [text[a:b] for a, b in sentence_spans(text)]


@given(anything)
def test_every_character_lies_in_one_sentence(text):
    last = 0
    for start, end in sentence_spans(text):
        assert last <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip()
        assert text[last:start].strip() == ""
        last = end
    assert text[last:].strip() == ""


@pytest.mark.parametrize(
    "sentences",
    [
        ["The U.S. Army left.", "The U.S. Senate voted on Jan. 9 and Dec. 15, 2021.", "Mr. Lindqvist spoke."],
        ["Ana Sample lives in the U.S.", "She likes it."],
        ["He said nothing...", "Then he left.", "Wait … what?", "Yes."],
        ["The talks start at 5 p.m. Monday in Geneva.", "They end at 6 p.m.", "Nobody knows."],
        ["The vote is at 5 p.m. EST.", "It was a surprise."],
        ["Sen. Ana Sample, R-S.C., voted.", "Rep. Bo Example, D-N.Y., agreed."],
        ["J. Doe and A. B. Roe met Gen. Mark Sample.", "Lt. Col. Bo Doe left."],
        ["She was born on Jan. 9, 1960, in House No. 7.", "He was not."],
        ["On Tues. he left.", "She stayed."],
        ["The U.N. Security Council met.", "The E.U. will act."],
        ['"We will not stop. We will go on," Ana Sample said.', '"Talks are useful."', "Others disagreed."],
        ['Ana Sample said: "NATO grows. It must not."', "The crowd left."],
        ["“NATO grows. It must not.”", "The crowd left."],
        ["“NATO grows. It must not”.", "The crowd left."],
        ['"Is it true?" he asked.', '"Yes!" she said.'],
        ["‘They came. They left,’ said Ana Sample.", "It's fine."],
        ["It fell by 3.5 percent.", "See example.com.", "Next one."],
    ],
)
def test_news_english(sentences):
    assert cut(" ".join(sentences)) == sentences


def test_a_missing_blank_after_a_full_stop():
    assert cut("They spoke on Monday.The next day came.") == ["They spoke on Monday.", "The next day came."]


def test_lists():
    text = "Points:\n- First point\n- Second point. More.\n1. Third\n2) Fourth\n• Fifth"
    assert cut(text) == ["Points:", "- First point", "- Second point.", "More.", "1. Third", "2) Fourth", "• Fifth"]


def test_turns_of_a_transcript():
    text = "MS. ROE: Good morning. Hello.\nQ: Any news\nA: No\nMR. DOE: Right"
    assert cut(text) == ["MS. ROE: Good morning.", "Hello.", "Q: Any news", "A: No", "MR. DOE: Right"]


def test_a_blank_line_ends_a_sentence_and_a_line_break_does_not():
    assert cut("A headline\n\nThe envoy\nleft.") == ["A headline", "The envoy\nleft."]


def test_half_characters_from_broken_files():
    assert cut("The envoy \ud800 left. Bo came.") == ["The envoy \ud800 left.", "Bo came."]


@pytest.mark.parametrize(("left", "right"), [("“", "”"), ('"', '"')])
def test_long_quotations_are_taken_apart(left, right):
    parts = [f"This is part {i} of what an invented envoy had to say about it." for i in range(8)]
    parts[0], parts[-1] = left + parts[0], parts[-1] + right
    text = " ".join(parts)
    assert len(text) > LONG
    assert cut(f"Ana Sample left. {text} Bo Doe stayed.") == ["Ana Sample left.", *parts, "Bo Doe stayed."]


@pytest.mark.parametrize(("words", "n"), [(390, 1), (405, 2)])
def test_how_long_is_long(words, n):
    half = "a" * (words // 2 - 5)
    assert len(cut(f"“B{half}. C{half}.”")) == n


@pytest.mark.parametrize("text", ["", " \n\t ", "\n\n\n"])
def test_nothing(text):
    assert sentence_spans(text) == []
