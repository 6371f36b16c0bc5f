"""What stands in quotation marks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.quotation import kind_of, quoted


def inside(text):
    return "".join(c if m else "_" for c, m in zip(text, quoted(text), strict=True))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a "b" c', '__"b"__'),
        ("a “b” c", "__“b”__"),
        ("«b» c", "«b»__"),
        ("„b“ c", "„b“__"),
        ("„b” c", "„b”__"),
        ('“it\'s "x" b” c', '“it\'s "x" b”__'),
        ("it's ‘so’", "_________"),
        ("a “b” “c”", "__“b”_“c”"),
        ("” a", "___"),
        ('a "b\n\nc "d" e', '__"b____"d"__'),
        ('a "b\nc" d', '__"b\nc"__'),
        ("", ""),
    ],
)
def test_by_hand(text, expected):
    assert inside(text) == expected


@given(st.text(alphabet='ab "“”«»„\n', max_size=60))
def test_a_stray_mark_ends_with_its_paragraph(text):
    marks = quoted(text)
    assert len(marks) == len(text)
    assert set(marks) <= {0, 1}
    assert bytes(quoted(text + '\n\nNext "one"')[-10:]) == bytes(quoted('Next "one"'))
    assert all(marks[i] == 0 for i in range(len(text)) if text[i : i + 2] == "\n\n")


def test_kinds():
    text = 'He said "' + "x" * 20 + '", not y'
    marks, a = quoted(text), text.index('"')
    assert kind_of([(a, a + 22)], marks) == "direct"
    assert kind_of([(a, a + 24)], marks) == "direct"
    assert kind_of([(a, a + 25)], marks) == "mixed"
    assert kind_of([(0, a)], marks) == "indirect"
    assert kind_of([(0, a), (a, a + 22)], marks) == "mixed"
    assert kind_of([], marks) == "indirect"
