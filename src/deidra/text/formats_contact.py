"""Telephone numbers, e-mail and network addresses, and UIDs."""
# ruff: noqa: E501 - a table reads better with a line for each entry

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from deidra.text.folding import level
from deidra.text.outline import AtNumber, AtWord, Cue, Found
from deidra.text.spans import Span

_EMAIL = re.compile(
    r"(?<![\w.+-])[\w.+%-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}", re.IGNORECASE
)
_URL = re.compile(r"(?<![^\W_])(?:[a-z][a-z0-9+.-]{1,15}://[^\s<>\"]{1,2000}|www\.[^\s<>\"]{1,2000})", re.IGNORECASE)
_TOP_LEVEL = (
    r"(?:com|org|net|edu|gov|mil|int|info|biz|local|internal|lan|intranet|hospital|health|"
    r"de|at|ch|fr|es|pt|it|nl|be|pl|cz|sk|se|tr|dk|no|fi|uk|ie|eu|us|ca|au|nz|jp|cn|br|mx|ar|ru|ua|gr|in)"
)
_HOST_END = re.compile(rf"\.{_TOP_LEVEL}(?![\w-])", re.IGNORECASE)
_HOST = re.compile(
    r"(?<![^\W_])(?<![.-])(?:[a-z0-9][a-z0-9-]{0,62}\.){1,6}"
    + _TOP_LEVEL
    + r"(?::\d{1,5})?(?:/[^\s]{0,2000})?(?![\w-])(?!\.\w)",
    re.IGNORECASE,
)
_IPV4 = re.compile(
    r"(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:[:/]\d{1,5})?(?!\.?\d)"
)
_IPV6 = re.compile(
    r"(?<![^\W_])(?<!:)(?=[0-9a-f:]*[0-9a-f]:)(?:(?:[0-9a-f]{1,4}:){4,7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6})(?![^\W_])(?!:)",
    re.IGNORECASE,
)
_MAC = re.compile(
    r"(?<![^\W_])(?<![:-])[0-9a-f]{2}(?P<s>[:-])(?:[0-9a-f]{2}(?P=s)){4}[0-9a-f]{2}(?![^\W_])(?![:-])", re.IGNORECASE
)
_UUID = re.compile(r"(?<![^\W_])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![^\W_])", re.IGNORECASE)
_UID_BEGINS = re.compile(r"[0-2]\.\d+\.\d")
_UID = re.compile(
    r"(?<![^\W_])(?<!\.)(?:[0-2](?:\.\d{1,40}){5,32}|2\.25\.\d{6,40}|1\.2\.\d{1,10}(?:\.\d{1,40}){2,30})(?!\d)(?!\.\d)"
)

_EXTENSION = r"(?:\s?(?:ext?\.?|x|#|durchwahl|poste|int\.?|tst\.?)\s?\d{1,6}(?!\d))?"
_LABEL = (
    r"(?<![^\W_])(?:tel(?:ef[oó]n[oe]?|ephone|efoon|\.)?|t[eé]l(?:[eé]phone)?|phone|ph|fax|mobile?|mob|cell(?:ulare)?|handy|call|contact|pager|bleep|beeper|"
    r"gsm|whatsapp|puhelin|puh|telefone?|telefon[iu]?|tlf|tfn|komorka|kom|nr\stel|cep|m[oó]vil|celular|portable|tele?mobil|rufnummer|ruf|dect|ext(?:ension)?)"
)
# What the labels begin with
PHONE_LABELS = (
    "tel", "tél", "phone", "ph", "fax", "mob", "cell", "handy", "call", "contact", "pager", "bleep", "beeper", "gsm", "whatsapp", "puh", "tlf", "tfn",
    "kom", "nr", "cep", "movil", "móvil", "celular", "portable", "ruf", "dect", "ext",
)  # fmt: skip
# A day without separators behind a number is no end of one
_DAY = r"(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
# Labels that are words of imaging, too: "CHEST PORTABLE_12345678", "Flexion/Extension 12345678"
_IMAGING_LABEL = re.compile(
    r"(?:portable|mobile|ext(?:ension)?|cell|contact|call|exp|pass|serial|visit|order|case|fall|study)(?![^\W\d_])",
    re.IGNORECASE,
)


def _phone(pattern: str, first: tuple[int, int], chain: int) -> AtNumber:
    return AtNumber("phone", "phone", pattern, first, chain)


PHONES: tuple[AtNumber | AtWord, ...] = (
    _phone(rf"(?<![\d.,+])00[1-9]\d{{0,2}}[\s.()/_-]{{0,3}}(?:\(0\)[\s.-]?)?\d{{1,12}}(?:[\s./()_-]{{1,2}}\d{{1,9}}){{0,6}}{_EXTENSION}", (3, 64), 4),
    _phone(rf"(?<![\d.,])(?:1[\s._-])?\d{{3}}(?P<p>[\s._-]|\s-\s)\d{{3}}(?:(?P=p)|[\s._-])\d{{4}}{_EXTENSION}(?!\d)(?!\s?[x*]\s?\d)", (1, 3), 10),
    _phone(rf"(?<![\d.,])0\d{{1,4}}(?:[\s./_-]{{1,2}}|\s[-/]\s)\d{{2,8}}(?:[\s.\-/_]{{1,2}}\d{{2,5}}){{0,4}}{_EXTENSION}(?!\d)(?!\.\d)", (2, 5), 4),
    _phone(rf"(?<![\d.,-])\d{{3}}-\d{{4}}{_EXTENSION}(?![\d-])", (3, 3), 7),
    _phone(r"(?<![\d.,])[2-9]\d{1,2}(?P<q>[ .-])\d{2,3}(?P=q)\d{2}(?P=q)\d{2}(?![\d.,])", (2, 3), 8),
    _phone(r"(?<![\d.,])\d{2}(?P<r>[ .-])\d{2}(?P=r)\d{2}(?P=r)\d{2}(?:(?P=r)\d{2})?(?![\d.,])", (2, 2), 8),
    _phone(r"(?<![\d.,])\d{2,4}[ -]\d{3,4}[ -]\d{2}[ -]\d{2}(?![\d.,])", (2, 4), 9),
    _phone(rf"(?<![\d.,])\d{{3,5}}[\s/-](?!{_DAY}(?!\d))\d{{5,8}}(?!\d)", (3, 5), 8),
    _phone(r"(?<![\d.,])[2-9]\d{2}(?P<t>[ -])\d{3}(?P=t)\d{3}(?![\d.,])(?!\s?[a-zA-Z]{1,3}(?![^\W_]))", (3, 3), 9),
    _phone(r"(?<![\d.,])[2-9]\d{3}[ -]\d{4}(?![\d.,])(?!\s?[a-zA-Z]{1,3}(?![^\W_]))", (4, 4), 8),
    AtWord("phone", "phone", rf"(?i:{_LABEL}[\s:=.#_-]{{0,4}}\+?\(?\d[\d\s()./_-]{{2,20}}\d{_EXTENSION})", Cue.PHONE, 4),
)  # fmt: skip
_FEWEST_PHONE_DIGITS = 4
_WITH_PLUS = re.compile(
    rf"(?<![\d.,+])\+[1-9]\d{{0,2}}[\s.()/_-]{{0,3}}(?:\(0\)[\s.-]?)?\d{{1,12}}(?:[\s./()_-]{{1,2}}\d{{1,9}}){{0,6}}{_EXTENSION}"
)
_IN_BRACKETS = re.compile(
    rf"(?<![\d.,])(?:1[\s.-])?\(\d{{2,5}}\)[\s./_-]{{0,2}}\d{{2,5}}(?:[\s.\-/_]{{1,2}}\d{{2,5}}){{0,3}}{_EXTENSION}(?!\d)"
)


def holds_uid(text: str) -> bool:
    """Whether a UID stands in `text`."""
    return text.count(".") >= 2 and _UID.search(level(text)) is not None


def find_uids(flat: str, uid_of: Callable[[str], str]) -> tuple[list[Span], list[tuple[int, int]]]:
    """UIDs that have to be mapped, and where those stand that `uid_of` leaves as they are."""
    if flat.count(".") < 2 or _UID_BEGINS.search(flat) is None:
        return [], []
    spans, kept = [], []
    for match in _UID.finditer(flat):
        if _IPV4.fullmatch(match[0]):
            continue
        mapped = uid_of(match[0])
        if mapped == match[0]:
            kept.append(match.span())
        else:
            spans.append(Span(match.start(), match.end(), "uid", "format:uid", mapped))
    return spans, kept


def find_network(flat: str) -> list[Span]:
    """E-mail addresses, URLs, host names, IP and MAC addresses."""
    spans: list[Span] = []
    if "@" in flat or "at)" in flat.lower() or "at]" in flat.lower():
        spans += _all(_EMAIL, flat, "email", "format:email")
    dots = flat.count(".")
    if "://" in flat or (dots and "www." in flat.lower()):
        spans += _all(_URL, flat, "url", "format:url")
    if dots and _HOST_END.search(flat):
        spans += _all(_HOST, flat, "url", "format:host")
    if dots >= 3:
        spans += _all(_IPV4, flat, "ip", "format:ipv4")
    colons, hyphens = flat.count(":"), flat.count("-")
    if colons >= 2:
        spans += _all(_IPV6, flat, "ip", "format:ipv6")
    if colons >= 5 or hyphens >= 4:
        spans += _all(_MAC, flat, "ip", "format:mac")
        spans += _all(_UUID, flat, "identifier", "format:uuid")
    return spans


def phones(flat: str, digits: int, matches: Sequence[Found]) -> list[Span]:
    """Telephone numbers in `flat`, which holds `digits` digits, all of ASCII; `matches` of PHONES."""
    if digits < _FEWEST_PHONE_DIGITS:
        return []
    spans = [Span(behind_label(flat, found), found.end(), "phone", "format:phone") for _, found in matches]
    if "+" in flat:
        spans += _all(_WITH_PLUS, flat, "phone", "format:phone")
    if "(" in flat:
        spans += _all(_IN_BRACKETS, flat, "phone", "format:phone")
    return spans


def behind_label(flat: str, found: re.Match[str]) -> int:
    """Where a labelled number begins that goes: a label that is a word of imaging, too, stays."""
    label = _IMAGING_LABEL.match(flat, found.start())
    return label.end() if label else found.start()


def _all(pattern: re.Pattern[str], flat: str, kind: str, rule: str) -> list[Span]:
    return [Span(match.start(), match.end(), kind, rule) for match in pattern.finditer(flat)]
