"""The forms in which the known terms of one subject may stand in a text."""

# ruff: noqa: E501 - lists of words read better in long lines
from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from typing import Literal

import msgspec

from deidra.model import Term
from deidra.text.folding import LetterTable, folded
from deidra.text.romanise import searched, spellings, umlauts

GRAM = 6  # a piece of a known word of this length gives the word away
_MOST_WORDS = 8  # of one name, when its words are joined in pairs

_LETTERS = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\d+")
_NAME_GROUPS = re.compile(r"[=\\\n]")

# Parts of names that are words of a language: they go only beside another part of the name
PARTICLES = frozenset(
    [
        "de",
        "la",
        "las",
        "los",
        "del",
        "der",
        "den",
        "dem",
        "des",
        "di",
        "da",
        "do",
        "dos",
        "das",
        "du",
        "le",
        "el",
        "al",
        "bin",
        "ibn",
        "bint",
        "ben",
        "abu",
        "van",
        "von",
        "vom",
        "zu",
        "zum",
        "zur",
        "ter",
        "ten",
        "te",
        "av",
        "af",
        "y",
        "e",
        "i",
        "und",
        "und",
        "st",
        "san",
        "santa",
        "saint",
        "mac",
        "mc",
        "fitz",
        "o",
        "d",
        "l",
    ]
)
# Prefixes and suffixes that people write into the name; nobody is known by them
TITLES = frozenset(
    [
        "dr",
        "prof",
        "professor",
        "mr",
        "mrs",
        "ms",
        "miss",
        "md",
        "phd",
        "jr",
        "sr",
        "ii",
        "iii",
        "iv",
        "herr",
        "frau",
        "mme",
        "mlle",
        "sir",
        "dipl",
        "med",
        "ing",
        "msc",
        "bsc",
        "facr",
        "frcr",
        "dott",
        "dra",
        "sra",
        "srta",
        "doc",
        "doz",
        "pd",
        "rn",
        "rt",
        "tech",
    ]
)

# Titles that stand before a name and nothing else
HONORIFICS = frozenset(
    "dr prof professor mr mrs ms miss herr frau mme mlle monsieur madame dott dra sra srta sr pan pani hr fru".split()
)

# Words of institutions that no institution is known by
GENERIC = frozenset(
    "hospital hospitals clinic clinics center centre medical medicine health healthcare university universitaets college department dept "
    "division section unit radiology infirmary memorial polyclinic hospice sanatorium sanitarium outpatient inpatient emergency imaging diagnostic diagnostics nuclear institute group practice associates foundation trust nhs "
    "general regional community county city district national central school faculty services service system systems care laboratory lab "
    "klinik kliniken klinikum krankenhaus universitaetsklinikum universitatsklinikum universitat universitaet universitatsspital spital abteilung "
    "institut fur fuer und the and for of zentrum praxis radiologie gemeinschaftspraxis nuklearmedizin chirurgie hopital chu ch clinique centre "
    "hospitalier universitaire service d de du des la le les et imagerie medicale radiologique hospital universitario clinica centro medico servicio "
    "salud y del el los las santa san e do da dos das ospedale azienda ospedaliera universitaria universita policlinico istituto di della dei "
    "radiologia ziekenhuis umc medisch centrum afdeling voor van het szpital kliniczny uniwersytecki zaklad radiologii oddzial nemocnice fakultni klinika "
    "oddeleni sjukhus universitetssjukhuset sjukhuset lasarett rontgen avdelning hastanesi hastane universitesi tip fakultesi merkezi sygehus sykehus "
    "poliklinika poliklinik poliklinikka policlinica poliklinike poliklinieken ambulatorium ambulanz ambulatorio praktijk praktyka ordinace lekarska przychodnia "
    "szpitala szpitalu nemocnici nemocnica bolnica korhaz spitalul bolnisi sykehuset sygehuset hospitalet klinikken kliniken sjukhus sjukhusets hopitaux hopitals "
    "hospices chuv aphp infirmeria sanatorio sanatorium umcg lumc ospedali ospedaliero presidio ziekenhuizen medicos santa sant sankt saint sint san "
    "sairaala yliopistollinen keskussairaala terveyskeskus street road avenue strasse str rue via calle saint st".split()
)


Rule = Literal["word", "cased", "soft", "phrase", "id", "date"]


class Forms(msgspec.Struct):
    """What compiling collects. `search`: form -> how it has to stand in a text to count."""

    search: dict[str, Rule]
    letter_grams: set[str]
    digit_grams: set[str]
    particles: set[str]
    initials: set[str]
    initial_groups: set[str]
    siblings: dict[str, tuple[str, ...]]  # word of an institution -> the other words that tell it from others

    def add(self, form: str, rule: Rule) -> None:
        """A name outweighs an institution: what is a word of both goes wherever it stands."""
        if form and (form not in self.search or rule == "word"):
            self.search[form] = rule


def collect(terms: Iterable[Term]) -> Forms:
    """All forms of all `terms`."""
    forms = Forms({}, set(), set(), set(), set(), set(), {})
    for term in terms:
        value = term.value.strip()
        if not value:
            continue
        if term.kind in {"name", "physician", "person", "operator"}:
            _add_name(value, forms)
        elif term.kind == "date":
            _add_date(value, forms)
        elif term.kind in {"institution", "address", "department"}:
            _add_place(value, forms)
        elif any(letter.isdigit() for letter in value):
            _add_identifier(value, forms)
        else:
            _add_name(value, forms)
    return forms


def _add_name(value: str, forms: Forms) -> None:
    for group in _NAME_GROUPS.split(value):
        components = [_LETTERS.findall(component) for component in group.split("^")]
        raw = [word for component in components for word in component]
        real = [word for component in components for word in _without_titles(component)] or raw
        # A particle that is a whole component is the name
        whole = {component[0] for component in components[:2] if len(component) == 1 and len(components) > 1}
        carrying = [word for word in real if folded(word) not in PARTICLES or len(real) == 1]
        carrying = [word for word in carrying if len(folded(word)) > 1 or not word.isascii()]
        if not carrying:
            carrying = [word for word in real if len(word) > 1]
        _add_words(real, carrying, forms)
        for word in whole.difference(carrying):
            if len(word) > 1:
                for form in _variants(word):
                    forms.add(form, "cased")
        _add_initials(real, forms)
        if len(_DIGITS.findall(group)) and sum(map(len, _DIGITS.findall(group))) >= 3:
            _add_identifier(group, forms)


def _without_titles(component: list[str]) -> list[str]:
    """The words of a component that are no titles; all of them where nothing else is left ("IV" may be a name)."""
    return [word for word in component if folded(word) not in TITLES] or component


def _add_words(real: list[str], carrying: list[str], forms: Forms) -> None:
    variants = {word: _variants(word) for word in dict.fromkeys(real)}
    for word in carrying:
        for form in variants[word]:
            forms.add(form, "word")
            forms.letter_grams |= _grams(form)
    for word in real:
        if word not in carrying:
            forms.particles |= {form for form in variants[word] if len(form) > 1}
    for first, second in itertools.permutations(list(variants)[:_MOST_WORDS], 2):
        if first not in carrying and second not in carrying:
            continue
        for one, other in itertools.product(variants[first], variants[second]):
            if len(one) + len(other) >= 4:
                forms.add(one + other, "word")
            forms.letter_grams |= _grams(one + other)


def _variants(word: str) -> set[str]:
    forms = {form for plain in umlauts(word) for form in spellings(plain)}
    return {"".join(filter(str.isalnum, form)) for form in forms} - {""}


def _grams(form: str) -> set[str]:
    return {form[at : at + GRAM] for at in range(len(form) - GRAM + 1)}


def _add_initials(real: list[str], forms: Forms) -> None:
    letters = [searched(folded(word))[:1] for word in real]
    forms.initials |= set(letters)
    for count in (2, 3, 4):
        for order in itertools.permutations(letters[:5], count):
            forms.initial_groups.add("".join(order))


def _add_identifier(value: str, forms: Forms) -> None:
    whole = squeeze(value)
    digits = "".join(_DIGITS.findall(whole))
    for form in {whole, whole.lstrip("0"), digits, digits.lstrip("0")}:
        if any(letter.isdigit() for letter in form):
            forms.add(form, "id")
    for run in _DIGITS.findall(folded(value)):
        if len(run) >= 4:
            forms.add(squeeze(run), "id")
    for form in (whole, digits):
        if len(form) > GRAM:
            forms.digit_grams |= {gram for gram in _grams(form) if sum(map(str.isdigit, gram)) >= 3}
    for word in _LETTERS.findall(value):
        if len(word) >= 4:
            forms.add(searched(folded(word)), "soft")


def _add_date(value: str, forms: Forms) -> None:
    digits = "".join(_DIGITS.findall(value))[:8]
    if len(digits) != 8:
        _add_identifier(value, forms)
        return
    year, month, day = digits[:4], digits[4:6], digits[6:]
    short = year[2:], month.lstrip("0"), day.lstrip("0")
    for y, m, d in itertools.product({year, short[0]}, {month, short[1]}, {day, short[2]}):
        for form in (y + m + d, d + m + y, m + d + y):
            if len(form) >= 6:
                forms.add(form, "date")


def _add_place(value: str, forms: Forms) -> None:
    for part in re.split(r"[\\^=\n]", value):
        found = [searched(folded(word)) for word in _LETTERS.findall(part)]
        telling = [word for word in found if word not in GENERIC] or (found[:1] if len(found) > 1 else [])
        for word in telling:
            if len(word) >= 3 or not word.isascii() or max(map(len, telling)) < 3:
                forms.add(word, "soft")
                forms.siblings[word] = tuple(other for other in telling if other != word and len(other) >= 3)
            forms.letter_grams |= _grams(word)
        whole = squeeze(part)
        if len(found) >= 2 and len(whole) >= 5:
            forms.add(whole, "phrase")
        if len(found) >= 3:
            forms.add("".join(word[0] for word in found), "soft")
        for digits in _DIGITS.findall(part):
            if len(digits) >= 4:
                forms.add(digits, "id")


def squeeze_letter(letter: str) -> str:
    """One character of a text as it is searched; empty for what is neither letter nor digit."""
    if letter.isascii():
        return letter.lower() if letter.isalnum() else ""
    if letter.isdigit() and letter.isdecimal():
        return str(int(letter))
    return "".join(searched(part) for part in folded(letter) if part.isalnum())


SQUEEZED = LetterTable(squeeze_letter)


def squeeze(text: str) -> str:
    """The letters and digits of `text`, folded and romanised, without anything between them."""
    return text.translate(SQUEEZED)
