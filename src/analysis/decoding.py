"""Bytes become text, and text becomes its one normal form, before any offset into it exists."""

import codecs
import re
import unicodedata

from charset_normalizer import from_bytes

_MARKS = (
    # The UTF-32 mark begins with the UTF-16 one, so it is looked for first.
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_UNUSUAL = re.compile(r"[^\n\x20-\x7e]")
_INVISIBLE = re.compile("[\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# Joiners spell words in Persian and Hindi and hold emoji together; between Latin, Greek or Cyrillic letters they are litter.
_JOINER = re.compile("(?<![\u0530-\U0010ffff])[\u200c\u200d]+(?![\u0530-\U0010ffff])")
_DECLARED = re.compile(rb"""charset\s*=\s*["']?\s*([\w.:-]+)""", re.IGNORECASE)


class NotTextError(ValueError):
    """Bytes that are no text in any encoding known here."""


def decode(data: bytes, declared: bool = False) -> str:
    """Turn the bytes of a file into text.

    A byte order mark decides; then strict UTF-8 is tried, then the encoding an HTML page declares, then Western
    European (cp1252) where accented letters are rare, then detection (charset-normalizer).

    Parameters
    ----------
    data : bytes
        Contents of a file.
    declared : bool
        Whether to look for ``charset=`` in the first 2048 bytes, as HTML has it.

    Returns
    -------
    str

    Raises
    ------
    NotTextError
        If the bytes are not text: a picture, a PDF, an archive.
    """
    text = _decode(data, declared)
    # A stray control character happens in real text; a share of them does not.
    if len(_CONTROL.findall(text)) > len(text) / 100 or data.startswith((b"%PDF-", b"{\\rtf")):
        raise NotTextError("binary contents, not text")
    return text


def _decode(data: bytes, declared: bool) -> str:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                raise NotTextError(f"begins like {encoding} but is not: {error.reason} at byte {error.start}") from error
    # No encoding without a byte order mark that is in use for news has zero bytes.
    if b"\x00" in data:
        raise NotTextError("binary contents, not text")
    candidates = ["utf-8"]
    found = _DECLARED.search(data[:2048]) if declared else None
    if found:
        candidates.append(found.group(1).decode("ascii", "ignore"))
    for encoding in candidates:
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    # Detection guesses at random among the code pages that agree on all but a few accents. English news with a rare foreign
    # name is Western; languages that need another page use its letters far more often.
    if sum(byte >= 0xC0 for byte in data) < 0.03 * len(data):
        try:
            return data.decode("cp1252")
        except UnicodeDecodeError:
            pass
    best = from_bytes(data).best()
    if best is None:
        raise NotTextError("binary contents, not text")
    return str(best)


def normalise(text: str) -> str:
    r"""Return the one form of a text that everything after works on.

    Line ends become ``\n``, spaces of every kind one space, invisible and control characters go, composed characters
    are used (Unicode NFC), half characters become U+FFFD, lines lose the spaces at their ends, and more than one blank
    line becomes one. Applying it twice changes nothing.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _UNUSUAL.search(text):
        text = text.replace("\u2029", "\n\n").translate({0x2028: "\n", 0x85: "\n", 0x0B: "\n", 0x0C: "\n\n", 0x09: " "})
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        text = _INVISIBLE.sub("", text)
        text = _UNUSUAL.sub(lambda m: {"Zs": " ", "Cc": ""}.get(unicodedata.category(m.group()), m.group()), text)
        text = unicodedata.normalize("NFC", _JOINER.sub("", text))
    text = re.sub(r" {2,}", " ", text)
    return re.sub(r"\n{3,}", "\n\n", re.sub(r" ?\n ?", "\n", text)).strip()
