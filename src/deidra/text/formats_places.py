"""Addresses, postal codes, coordinates and number plates."""
# ruff: noqa: E501 - a table reads better with a line for each entry

from __future__ import annotations

import re
from collections.abc import Callable

from deidra.text.spans import Span

_S, _E = r"(?<![^\W_])", r"(?![^\W_])"
_WORD = r"[^\W\d_][^\W\d_.'’-]{0,30}"
_HOUSE = r"\d{1,5}(?:\s?[-/]\s?\d{1,4})?\s?[A-Za-z]?(?![^\W_])"
_GAP = r"[\s,._-]{1,3}"

# What follows a number and names: "12 Mill Road". Those that are words of a descriptor come as `_SHORT`.
_ENGLISH = (
    r"street|road|avenue|lane|boulevard|blvd|highway|hwy|parkway|pkwy|crescent|terrace|court|square|circle|drive|trail|"
    r"turnpike|freeway|expressway|mews|heights|gardens|grove|alley|plaza|row|rd|ave|ln|sq|ter|cir|trl|cres|pike|loop|"
    r"junction|junctions|ridge|ridges|estate|estates|hollow|knoll|crossing|causeway|bypass|close|place|walk|way|rue|manor|villages?|"
    r"viaduct|underpass|overpass|throughway|shoals?|springs?|stravenue|summit|ramp|ranch|rapids?|landing|meadows?|mountains?|"
    r"orchard|oval|motorway|mission|mills?|lodge|locks?|light|lakes?|keys?|isle|islands?|inlet|hills?|harbors?|green|glens?|gateway|"
    r"forges?|forks?|forest|fords?|flats?|fields?|falls?|extension|dam|dale|crest|creek|cove|courts?|corners?|common|cliffs?|camp|canyon|"
    r"bridge|branch|brooks?|burgs?|bluffs?|bend|beach|bayou|vistas?|villes?|valleys?|unions?|tunnel|track|trace|station|squares?|stream|shores?|roads?|river|prairie|port|points?|plains?|pines?|path|passage|parks?|neck|mount"
)
_SHORT = r"St|Dr|Ct|Pl|Cv|Ter"
_UNIT = r"(?:[\s,]{1,2}(?:apt|apartment|suite|ste|unit|flat|floor|fl|room|rm|#)\.?\s?#?[^\W_]{1,6}(?![^\W_]))?"
_BEFORE_NAME = (
    r"rue|avenue|av|bd|boulevard|blvd|chemin|impasse|allee|quai|cours|place|square|route|sentier|passage|"
    r"calle|c/|cl|avenida|avda|avd|plaza|pza|paseo|camino|carrer|ronda|carretera|travesia|alameda|glorieta|pasaje|cuesta|urbanizacion|callejon|acceso|via|rambla|"
    r"viale|piazza|p\.zza|corso|vicolo|strada|largo|contrada|borgo|canale|incrocio|rotonda|stretto|piazzale|"
    r"rua|r|travessa|praca|estrada|alam|beco|rodovia|"
    r"ul|ulica|al|aleja|aleje|os|osiedle|plac|pl|skwer|ulice|nam|namesti|trida|nabrezi"
)
_ENDINGS = (
    r"stra(?:ss|ß)e|str|weg|gasse|platz|allee|ufer|damm|graben|markt|chaussee|stieg|pfad|"
    r"straat|laan|plein|gracht|kade|singel|dijk|pad|steeg|boulevard|baan|hof|ring|"
    r"gatan|vagen|grand|torget|stigen|gata|vej|vei|veien|gade|gaten|alle|plads|torv|vaenge|"
    r"katu|tie|polku|kuja|kaari|raitti|"
    r"sokagi|sokak|caddesi|cad|mahallesi|bulvari|sok|mah|blv"
)
# On the folded text
_FOLDED: list[tuple[str, str, re.Pattern[str]]] = [
    ("address", "street-number-first", re.compile(rf"(?<![^\W_])(?<![.,]){_HOUSE}{_GAP}(?:{_WORD}{_GAP}){{0,4}}(?:{_ENGLISH}){_E}\.?{_UNIT}")),
    ("address", "street-named", re.compile(rf"{_S}(?:{_BEFORE_NAME})\.?\s{{1,2}}(?:{_WORD}[\s.,'’-]{{1,2}}){{1,6}}(?:n[o°º]?\.?\s?|nr\.?\s?|c\.?\s?)?{_HOUSE}")),
    ("address", "street-named", re.compile(rf"(?<![^\W_])(?<![.,]){_HOUSE}[\s,]{{1,2}}(?:bis\s|ter\s)?(?:{_BEFORE_NAME})\.?\s(?:(?:d[eu]s?|la|le|les|l'|d'|du)\s?)*{_WORD}")),
    ("address", "street-ending", re.compile(rf"(?:{_ENDINGS})\.?\s{{1,2}}(?:no?[:.]?\s?|nr\.?\s?)?{_HOUSE}")),
    ("address", "box", re.compile(rf"{_S}(?:p\.?\s?o\.?\s?box|postfach|postbus|boite\spostale|bp|apartado(?:\sde\scorreos)?|apdo\.?|casella\spostale|c\.p\.|caixa\spostal|skr(?:ytka)?\.?\spoczt\w*\.?|postboks|postilokero|pl|box|pk)[\s.:#-]{{1,3}}\d{{2,6}}{_E}")),
    ("address", "unit", re.compile(rf"{_S}(?:apt|apartment|suite|ste|flat|wohnung|appt|piso|puerta|daire|lejlighed|lgh|m\.)\.?[\s#:]{{1,2}}\d{{1,5}}\w?{_E}")),
    ("coordinates", "degrees", re.compile(r"(?<!\d)\d{1,3}\s?[°º]\s?\d{1,2}(?:[.,]\d+)?\s?['′](?:\s?\d{1,2}(?:[.,]\d+)?\s?(?:\"|″|''))?\s?[nsewo]?(?![^\W_])")),
]  # fmt: skip
_CASED: list[tuple[str, str, re.Pattern[str]]] = [
    ("address", "street-short", re.compile(rf"(?<![^\W_])(?<![.,])\d{{1,5}}[A-Za-z]?{_GAP}(?:[NSEW][EW]?\.?\s)?(?:[A-Z]{_WORD}{_GAP}){{1,3}}(?:{_SHORT}){_E}\.?{_UNIT}")),
    ("postal-code", "zip", re.compile(rf"{_S}(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|P[AR]|RI|S[CD]|T[NX]|UT|V[AIT]|W[AIVY])[\s,]{{1,2}}\d{{5}}(?:-\d{{4}})?(?!\d)")),
    ("postal-code", "uk", re.compile(r"(?<![^\W_])(?:[A-PR-UWYZ][A-HK-Y]?\d[A-Z\d]?|GIR)\s?\d[ABD-HJLNP-UW-Z]{2}(?![^\W_])")),
    ("postal-code", "ca", re.compile(r"(?<![^\W_])[ABCEGHJ-NPRSTVXY]\d[A-Z][\s-]?\d[A-Z]\d(?![^\W_])")),
    ("postal-code", "parts", re.compile(r"(?<![\d.,-])(?:\d{2}-\d{3}|\d{4}-\d{3}|\d{5}-\d{3}|〒\s?\d{3}-?\d{4})(?![\d.,-])(?!\s?(?:[kM]?[A-Za-z]{1,3})(?![^\W_]))")),
    ("postal-code", "country", re.compile(r"(?<![^\W_])(?:D|A|CH|F|I|E|B|L|DK|S|SE|N|NO|FI|FIN|PL|CZ|NL|PT|TR)-\s?\d{3}\s?\d{1,2}(?![^\W_])")),
    ("coordinates", "decimal", re.compile(r"(?<![\d.])[-+]?\d{1,3}\.\d{3,}\s?°?\s?[NSns]?[\s,;/]{1,3}[-+]?\d{1,3}\.\d{3,}\s?°?(?:\s?[EWOewo](?![^\W_]))?(?!\d)")),
    ("coordinates", "hemisphere", re.compile(r"(?<![^\W_])(?:[NS]\s?\d{1,2}\.\d{2,}°?[\s,;/]{1,3}[EWO]\s?\d{1,3}\.\d{2,}|\d{1,2}\.\d{2,}°?\s?[NS][\s,;/]{1,3}\d{1,3}\.\d{2,}°?\s?[EWO])(?![^\W_])")),
]  # fmt: skip
# Shapes that technique uses too: they count unless their letters are safe words
_DOUBTFUL: list[tuple[str, str, re.Pattern[str]]] = [
    ("postal-code", "nl", re.compile(r"(?<![\d.,])[1-9]\d{3}\s?(?P<x>[A-Z]{2})(?![^\W_])")),
    ("postal-code", "short-zip", re.compile(r"(?<![\d.,])\d{3}\s\d{2}\s(?P<x>[A-ZÅÄÖÁČŘŠŽ][^\W\d_]{2,30})")),
    ("plate", "de", re.compile(r"(?<![^\W_])(?<!-)(?P<x>[A-ZÄÖÜ]{1,3})-(?P<y>[A-Z]{1,2})[\s-]?\d{2,4}[EH]?(?![^\W_])")),
    ("plate", "uk", re.compile(r"(?<![^\W_])(?P<x>[A-Z]{2})\d{2}[\s-]?(?P<y>[A-Z]{3})(?![^\W_])")),
    ("plate", "fr-it", re.compile(r"(?<![^\W_])(?P<x>[A-Z]{2})[\s-]?\d{3}[\s-]?(?P<y>[A-Z]{2})(?![^\W_])")),
    ("plate", "es", re.compile(r"(?<![^\W_])\d{4}[\s-]?(?P<x>[BCDFGHJKLMNPRSTVWXYZ]{3})(?![^\W_])")),
    ("plate", "se-pl", re.compile(r"(?<![^\W_])(?P<x>[A-Z]{2,3})[\s-]?\d{2,3}[A-Z\d]{1,2}(?![^\W_])")),
    ("plate", "nl-pt", re.compile(r"(?<![^\W_])(?P<x>[A-Z]{2})-\d{2}-(?:[A-Z]{2}|\d{2})|\d{2}-(?P<y>[A-Z]{2,3})-(?:\d{2}|\d|[A-Z]{2})(?![^\W_])")),
    ("plate", "tr", re.compile(r"(?<![\d.,])(?:0[1-9]|[1-7]\d|8[01])\s(?P<x>[A-Z]{1,3})\s\d{2,4}(?![^\W_])")),
]  # fmt: skip
_LABELLED_PLATE = re.compile(
    r"(?<![^\W_])(?:plate|licen[cs]e\splate|kennzeichen|kfz|matricula|immatriculation|targa|kenteken|rekisteri|plaka|registration|reg\.?\s?(?:no|nr)\.?|nummerplade|spz)"
    r"[\s:#.-]{1,3}(?:[a-z]{2}\d{2}[\s-]?[a-z]{3}|[a-z0-9]{1,4}(?:[\s-]?(?=[a-z]{0,3}\d)[a-z0-9]{1,4}){1,2})(?![^\W_])"
)


def find_places(flat: str, low: str, safe: Callable[[str], bool]) -> list[Span]:
    """Addresses, postal codes, coordinates and plates in `flat` and, of the same length, its folded form `low`.

    `safe` says of a folded word that it is vocabulary.
    """
    spans = []
    for text, patterns in ((low, _FOLDED), (flat, _CASED)):
        for kind, rule, pattern in patterns:
            for match in pattern.finditer(text):
                start = match.start()
                if rule == "street-ending":
                    start = _WORD_BEFORE.search(low, max(0, start - _LONGEST_WORD), start).start()  # type: ignore[union-attr]
                if kind != "address" or not _is_plain(flat[start : match.end()], rule, safe):
                    spans.append(Span(start, match.end(), kind, f"format:{rule}"))
    for kind, rule, pattern in _DOUBTFUL:
        for match in pattern.finditer(flat):
            letters = [group.lower() for group in match.groups() if group]
            if not all(len(group) == 1 or safe(group) for group in letters):
                spans.append(Span(match.start(), match.end(), kind, f"format:plate-{rule}"))
    spans += [Span(m.start(), m.end(), "plate", "format:plate-labelled") for m in _LABELLED_PLATE.finditer(low)]
    return spans


_LETTERS = re.compile(r"[^\W\d_]{2,}")
_LONGEST_WORD = 40
_WORD_BEFORE = re.compile(r"(?:[^\W_]+-)?[^\W\d_]*$")
_CERTAIN = frozenset(
    [
        "street",
        "road",
        "avenue",
        "lane",
        "boulevard",
        "highway",
        "parkway",
        "rd",
        "ave",
        "blvd",
        "box",
        "strasse",
        "straße",
    ]
)


def _is_plain(text: str, rule: str, safe: Callable[[str], bool]) -> bool:
    """Whether all words of what looks like an address are vocabulary ("3 mm neck", "via 2")."""
    if rule in {"box", "unit"}:
        return False
    found = [word.lower() for word in _LETTERS.findall(text)]
    if any(word in _CERTAIN or word.endswith(("strasse", "straße", "straat", "gatan", "caddesi")) for word in found):
        return False
    return all(safe(word) for word in found)
