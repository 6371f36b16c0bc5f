"""How a statement and a target are written down: the mention is never lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.pairs import AFTER, BEFORE, CONTEXT, WORD, crop, encode_pair, fitting


@st.composite
def marked(draw):
    words = st.lists(st.text(alphabet="ab \n'é中", max_size=400), max_size=6).map(" ".join)
    before, mention, after = draw(words), draw(st.text(min_size=1, max_size=20)), draw(words)
    return before + mention + after, len(before), len(before) + len(mention)


def test_written_by_hand():
    assert encode_pair("We fear NATO today.", 8, 12, "Ana Sample", "She spoke.") == (
        "We fear [unused1] NATO [unused2] today.",
        "NATO | Ana Sample | She spoke.",
    )
    assert encode_pair("NATO", 0, 4) == ("[unused1] NATO [unused2]", "NATO |  | ")


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (2, 2), (3, 2), (0, 5), (5, 6)])
def test_offsets_that_mark_nothing_are_refused(start, end):
    with pytest.raises(ValueError, match=rf"start={start}, end={end} do not mark a part of a text of 4 characters"):
        encode_pair("NATO", start, end)


def test_the_last_characters_of_the_context_are_used():
    assert encode_pair("NATO", 0, 4, "", "x" + "y" * CONTEXT)[1] == "NATO |  | " + "y" * CONTEXT


def test_cut_at_spaces():
    text = "word " * 200 + "NATO" + " word" * 200
    part, start, end = crop(text, 1000, 1004)
    assert (part[start:end], part.startswith("word "), part.endswith(" word")) == ("NATO", True, True)
    assert (start, len(part) - end) == (BEFORE, AFTER)
    assert crop(text, 1000, 1004, share=5)[1] == BEFORE // 5


def test_short_texts_stay_whole():
    text = "a " * 250 + "NATO" + " a" * 200
    assert crop(text, 500, 504) == (text, 500, 504)


def test_a_text_without_spaces_is_cut_all_the_same():
    assert crop("x" * 3000 + "NATO" + "y" * 3000, 3000, 3004) == ("x" * BEFORE + "NATO" + "y" * AFTER, BEFORE, BEFORE + 4)


@given(marked(), st.sampled_from([1, 2, 16]))
def test_crop_keeps_the_mention_and_its_neighbours(case, share):
    text, start, end = case
    part, a, b = crop(text, start, end, share)
    assert part[a:b] == text[start:end]
    assert text[start - a : start - a + len(part)] == part
    assert a <= BEFORE // share + WORD
    assert len(part) - b <= AFTER // share + WORD
    assert a >= min(start, BEFORE // share)
    assert len(part) - b >= min(len(text) - end, AFTER // share)


@given(marked())
def test_the_mention_stands_between_the_markers(case):
    text, start, end = case
    first, second = encode_pair(text, start, end, "Ana Sample")
    assert f"[unused1] {text[start:end]} [unused2]" in first
    assert second == f"{text[start:end]} | Ana Sample | "
    part, _, _ = crop(text, start, end)
    assert first.replace(f"[unused1] {text[start:end]} [unused2]", text[start:end], 1) == part


def test_a_mention_in_the_context_is_marked_there():
    context = "NATO met on Monday. Its envoys were late."
    assert encode_pair("They lied.", 0, 4, "Ana Sample", context, in_context=True) == (
        "They lied.",
        "NATO | Ana Sample | [unused1] NATO [unused2] met on Monday. Its envoys were late.",
    )
    with pytest.raises(ValueError, match="do not mark a part of a text of 41 characters"):
        encode_pair("They lied.", 40, 44, "", context, in_context=True)


def test_a_far_mention_in_the_context_keeps_all_that_follows_it():
    context = "NATO" + " and so on" * 60
    assert encode_pair("They lied.", 0, 4, "", context, in_context=True)[1].endswith("[unused1] NATO [unused2]" + " and so on" * 60)


@given(st.text(max_size=300), st.text(max_size=300), st.integers(0, 250) | st.none())
def test_context_fits_the_room_a_statement_leaves(text, context, room):
    kept = fitting(text, context, room=room)
    assert context.endswith(kept)
    assert len(kept) == min(len(context), CONTEXT if room is None else max(0, min(CONTEXT, room - len(text))))
