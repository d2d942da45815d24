"""Addresses, postal codes, coordinates and number plates."""
# ruff: noqa: E501 - a table reads better with a line for each entry

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from deidra.text.outline import AtNumber, AtWord, Cue, Found
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
_BOX = (
    r"p\.?\s?o\.?\s?box|postfach|postbus|boite\spostale|bp|apartado(?:\sde\scorreos)?|apdo\.?|casella\spostale|c\.p\.|caixa\spostal|"
    r"skr(?:ytka)?\.?\spoczt\w*\.?|postboks|postilokero|pl|box|pk"
)
_STATES = frozenset(
    "AK AL AR AZ CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS MT NC ND NE NH NJ NM NV NY OH OK OR PA PR RI SC SD TN TX UT VA "
    "VI VT WA WI WV WY".split()
)
# The words that stand in the patterns above, to tell where those may begin
_STREETS = frozenset(form for word in _ENGLISH.split("|") for form in {word.rstrip("?"), word.removesuffix("s?")})
_STREETS_BEFORE = frozenset(_BEFORE_NAME.replace("c/", "c").replace(r"p\.zza", "p").split("|"))
_STREETS_SHORT = frozenset(_SHORT.split("|"))
_STREET_ENDINGS = ("strasse", "straße", *_ENDINGS.split("|")[1:])
_BOXES = frozenset(
    "p po pobox postfach postbus boite bp apartado apdo casella c caixa skr skrytka postboks postilokero pl box pk".split()
)
_UNITS = frozenset("apt apartment suite ste flat wohnung appt piso puerta daire lejlighed lgh m".split())
_PLATE_LABELS = (
    "plate", "licen", "kennzeichen", "kfz", "matricula", "immatriculation", "targa", "kenteken", "rekisteri", "plaka", "reg", "nummerplade", "spz",
)  # fmt: skip

# On the folded text
ADDRESSES: tuple[AtNumber | AtWord, ...] = (
    AtNumber("address", "street-number-first", rf"(?<![^\W_])(?<![.,]){_HOUSE}{_GAP}(?:{_WORD}{_GAP}){{0,4}}(?:{_ENGLISH}){_E}\.?{_UNIT}", (1, 5), 1, Cue.STREET),
    AtNumber("address", "street-named", rf"(?<![^\W_])(?<![.,]){_HOUSE}[\s,]{{1,2}}(?:bis\s|ter\s)?(?:{_BEFORE_NAME})\.?\s(?:(?:d[eu]s?|la|le|les|l'|d'|du)\s?)*{_WORD}", (1, 5), 1, Cue.STREET_BEFORE),
    AtWord("address", "street-named", rf"{_S}(?:{_BEFORE_NAME})\.?\s{{1,2}}(?:{_WORD}[\s.,'’-]{{1,2}}){{1,6}}(?:n[o°º]?\.?\s?|nr\.?\s?|c\.?\s?)?{_HOUSE}", Cue.STREET_BEFORE, 1),
    AtWord("address", "street-ending", rf"[^\W\d_]{{0,40}}?(?:{_ENDINGS})\.?\s{{1,2}}(?:no?[:.]?\s?|nr\.?\s?)?{_HOUSE}", Cue.STREET_ENDING, 1),
    AtWord("address", "box", rf"{_S}(?:p\.?\s?o\.?\s?box|postfach|postbus|boite\spostale|bp|apartado(?:\sde\scorreos)?|apdo\.?|casella\spostale|c\.p\.|caixa\spostal|skr(?:ytka)?\.?\spoczt\w*\.?|postboks|postilokero|pl|box|pk)[\s.:#-]{{1,3}}\d{{2,6}}{_E}", Cue.BOX, 2),
    AtWord("address", "unit", rf"{_S}(?:apt|apartment|suite|ste|flat|wohnung|appt|piso|puerta|daire|lejlighed|lgh|m\.)\.?[\s#:]{{1,2}}\d{{1,5}}\w?{_E}", Cue.UNIT, 1),
)  # fmt: skip
_DEGREES = re.compile(
    r"(?<!\d)\d{1,3}\s?[°º]\s?\d{1,2}(?:[.,]\d+)?\s?['′](?:\s?\d{1,2}(?:[.,]\d+)?\s?(?:\"|″|''))?\s?[nsewoNSEWO]?(?![^\W_])"
)
CODES: tuple[AtNumber | AtWord, ...] = (
    AtNumber("address", "street-short", rf"(?<![^\W_])(?<![.,])\d{{1,5}}[A-Za-z]?{_GAP}(?:[NSEW][EW]?\.?\s)?(?:[A-Z]{_WORD}{_GAP}){{1,3}}(?:{_SHORT}){_E}\.?{_UNIT}", (1, 5), 1, Cue.STREET_SHORT),
    AtNumber("postal-code", "parts", r"(?<![\d.,-])(?:\d{2}-\d{3}|\d{4}-\d{3}|\d{5}-\d{3})(?![\d.,-])(?!\s?(?:[kM]?[A-Za-z]{1,3})(?![^\W_]))", (2, 5), 5),
    AtNumber("coordinates", "hemisphere", r"(?<![^\W_])\d{1,2}\.\d{2,}°?\s?[NS][\s,;/]{1,3}\d{1,3}\.\d{2,}°?\s?[EWO](?![^\W_])", (1, 2), 3),
    AtWord("postal-code", "zip", rf"{_S}(?:{'|'.join(sorted(_STATES))})[\s,]{{1,2}}\d{{5}}(?:-\d{{4}})?(?!\d)", Cue.STATE, 5),
    AtWord("postal-code", "uk", r"(?<![^\W_])(?:[A-PR-UWYZ][A-HK-Y]?\d[A-Z\d]?|GIR)\s?\d[ABD-HJLNP-UW-Z]{2}(?![^\W_])", Cue.CAPITALS, 2),
    AtWord("postal-code", "ca", r"(?<![^\W_])[ABCEGHJ-NPRSTVXY]\d[A-Z][\s-]?\d[A-Z]\d(?![^\W_])", Cue.CAPITALS, 3),
    AtWord("postal-code", "country", r"(?<![^\W_])(?:D|A|CH|F|I|E|B|L|DK|S|SE|N|NO|FI|FIN|PL|CZ|NL|PT|TR)-\s?\d{3}\s?\d{1,2}(?![^\W_])", Cue.CAPITALS, 4),
    AtWord("coordinates", "hemisphere", r"(?<![^\W_])[NS]\s?\d{1,2}\.\d{2,}°?[\s,;/]{1,3}[EWO]\s?\d{1,3}\.\d{2,}(?![^\W_])", Cue.CAPITALS, 6),
)  # fmt: skip
_JAPANESE_POST = re.compile(r"〒\s?\d{3}-?\d{4}(?![\d.,-])")
_DECIMAL_DEGREES = re.compile(
    r"(?<![\d.])[-+]?\d{1,3}\.\d{3,}\s?°?\s?[NSns]?[\s,;/]{1,3}[-+]?\d{1,3}\.\d{3,}\s?°?(?:\s?[EWOewo](?![^\W_]))?(?!\d)"
)
_FEWEST_DECIMAL_DIGITS = 8
# Shapes that technique uses too: they count unless their letters are safe words
DOUBTFUL: tuple[AtNumber | AtWord, ...] = (
    AtNumber("postal-code", "nl", r"(?<![\d.,])[1-9]\d{3}\s?(?P<x>[A-Z]{2})(?![^\W_])", (4, 4), 4),
    AtNumber("postal-code", "short-zip", r"(?<![\d.,])\d{3}\s\d{2}\s(?P<x>[A-ZÅÄÖÁČŘŠŽ][^\W\d_]{2,30})", (3, 3), 5),
    AtNumber("plate", "es", r"(?<![^\W_])\d{4}[\s-]?(?P<x>[BCDFGHJKLMNPRSTVWXYZ]{3})(?![^\W_])", (4, 4), 4),
    AtNumber("plate", "pt", r"(?<![^\W_])\d{2}-(?P<y>[A-Z]{2,3})-(?:\d{2}|\d|[A-Z]{2})(?![^\W_])", (2, 2), 2),
    AtNumber("plate", "tr", r"(?<![\d.,])(?:0[1-9]|[1-7]\d|8[01])\s(?P<x>[A-Z]{1,3})\s\d{2,4}(?![^\W_])", (2, 2), 2),
    AtWord("plate", "de", r"(?<![^\W_])(?<!-)(?P<x>[A-ZÄÖÜ]{1,3})-(?P<y>[A-Z]{1,2})[\s-]?\d{2,4}[EH]?(?![^\W_])", Cue.CAPITALS, 2),
    AtWord("plate", "uk", r"(?<![^\W_])(?P<x>[A-Z]{2})\d{2}[\s-]?(?P<y>[A-Z]{3})(?![^\W_])", Cue.CAPITALS, 2),
    AtWord("plate", "fr-it", r"(?<![^\W_])(?P<x>[A-Z]{2})[\s-]?\d{3}[\s-]?(?P<y>[A-Z]{2})(?![^\W_])", Cue.CAPITALS, 3),
    AtWord("plate", "se-pl", r"(?<![^\W_])(?P<x>[A-Z]{3}(?=[\s-]?\d\d)|[A-Z]{2}(?=[\s-]?\d{3}))[\s-]?\d{2,3}[A-Z\d]{1,2}(?![^\W_])", Cue.CAPITALS, 2),
    AtWord("plate", "nl", r"(?<![^\W_])(?P<x>[A-Z]{2})-\d{2}-(?:[A-Z]{2}|\d{2})(?![^\W_])", Cue.CAPITALS, 2),
)  # fmt: skip
_LABELLED_PLATE = (
    r"(?<![^\W_])(?:plate|licen[cs]e\splate|kennzeichen|kfz|matricula|immatriculation|targa|kenteken|rekisteri|plaka|registration|reg\.?\s?(?:no|nr)\.?|nummerplade|spz)"
    r"[\s:#.-]{1,3}(?:[a-z]{2}\d{2}[\s-]?[a-z]{3}|[a-z0-9]{1,4}(?:[\s-]?(?=[a-z]{0,3}\d)[a-z0-9]{1,4}){1,2})(?![^\W_])"
)
LABELLED_PLATES = (AtWord("plate", "plate-labelled", _LABELLED_PLATE, Cue.PLATE, 1),)


def addresses(flat: str, low: str, matches: Sequence[Found], safe: Callable[[str], bool]) -> list[Span]:
    """Addresses and postal codes, `matches` of ADDRESSES in `low` and of CODES in `flat`, of the same length."""
    spans = []
    for pattern, found in matches:
        start, end = found.span()
        if pattern.rule == "street-ending":
            start = _HYPHENED.search(low, max(0, start - _LONGEST_WORD), start).start()  # type: ignore[union-attr]
        if pattern.kind != "address" or not _is_plain(flat[start:end], pattern.rule, safe):
            spans.append(Span(start, end, pattern.kind, f"format:{pattern.rule}"))
    return spans


def doubtful_shapes(matches: Sequence[Found], safe: Callable[[str], bool]) -> list[Span]:
    """Postal codes and plates, `matches` of DOUBTFUL, whose letters are not `safe` words."""
    return [
        Span(found.start(), found.end(), pattern.kind, f"format:plate-{pattern.rule}")
        for pattern, found in matches
        if not all(len(letters) == 1 or safe(letters.lower()) for letters in found.groups() if letters)
    ]


def labelled_plates(matches: Sequence[Found]) -> list[Span]:
    """What a label calls a plate, `matches` of LABELLED_PLATES."""
    return [Span(found.start(), found.end(), pattern.kind, f"format:{pattern.rule}") for pattern, found in matches]


def coordinates(flat: str, digits: int) -> list[Span]:
    """Places on the globe, and Japanese postal codes, by their signs, in `flat`, which holds `digits` digits."""
    spans: list[Span] = []
    if "°" in flat or "º" in flat:
        spans += [Span(m.start(), m.end(), "coordinates", "format:degrees") for m in _DEGREES.finditer(flat)]
    if "〒" in flat:
        spans += [Span(m.start(), m.end(), "postal-code", "format:parts") for m in _JAPANESE_POST.finditer(flat)]
    if digits >= _FEWEST_DECIMAL_DIGITS and "." in flat:
        spans += [Span(m.start(), m.end(), "coordinates", "format:decimal") for m in _DECIMAL_DEGREES.finditer(flat)]
    return spans


def place_cues(word: str, plain: str) -> int:
    """What `word` and, of the same length, its folded form `plain` may begin, or be part of: an address, a plate."""
    cues = 0
    if plain in _STREETS:
        cues |= Cue.STREET
    if plain in _STREETS_BEFORE:
        cues |= Cue.STREET_BEFORE
    if plain.endswith(_STREET_ENDINGS):
        cues |= Cue.STREET_ENDING
    if plain in _BOXES:
        cues |= Cue.BOX
    if plain in _UNITS:
        cues |= Cue.UNIT
    if plain.startswith(_PLATE_LABELS):
        cues |= Cue.PLATE
    if word in _STREETS_SHORT:
        cues |= Cue.STREET_SHORT
    if word in _STATES:
        cues |= Cue.STATE
    return cues


_LETTERS = re.compile(r"[^\W\d_]{2,}")
_LONGEST_WORD = 40
_HYPHENED = re.compile(r"(?:[^\W_]+-)?$")
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
