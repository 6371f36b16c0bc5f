import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.decoding import NotTextError, decode, normalise

WORDS = "“It was a naïve idea to begin the talks with the officers in January,” said Zoë Sample of the café – and left the room at once for the day. "


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_every_usual_encoding_is_read(encoding: str) -> None:
    assert decode((WORDS * 5).encode(encoding)) == WORDS * 5


def test_cyrillic_without_a_mark_is_detected() -> None:
    text = "Министр сказал, что переговоры начнутся в январе после праздников. " * 3
    assert decode(text.encode("cp1251")) == text


def test_a_page_may_declare_its_encoding() -> None:
    page = "<meta charset=iso-8859-9><p>" + "Plain words go on. " * 20 + "Işık ve Gül</p>"
    assert decode(page.encode("iso-8859-9"), declared=True) == page


@pytest.mark.parametrize(
    "data",
    [b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", b"%PDF-1.7 and so on", b"a" * 500 + b"\x00", bytes(range(1, 32)) * 20, b"\xff\xfea\xd8"],
)
def test_binary_is_refused(data: bytes) -> None:
    with pytest.raises(NotTextError):
        decode(data)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\u00a0b\u2009 c", "a b c"),
        ("Ukr\u200baine\ufeff, al\u00adliance, a\u200db", "Ukraine, alliance, ab"),
        ("e\u0301", "é"),
        ("a \n\n\n\n b", "a\n\nb"),
        ("a\u2029b\u2028c", "a\n\nb\nc"),
        ("a\ud800b", "a\ufffdb"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_normal_form(raw: str, clean: str) -> None:
    assert normalise(raw) == clean


@given(st.text(st.characters()))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)
    once.encode("utf-8")
