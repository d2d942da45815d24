"""Names of months as people write them in dates, folded. From the CLDR calendars and common abbreviations."""
# ruff: noqa: E501 - a table reads better with a line for each entry

from __future__ import annotations

import re

from deidra.text.folding import folded

# By language: en de fr es pt it nl pl cs sv tr da no fi, with the inflected forms that stand beside a day; ru uk el
_NAMES = (
    "january jan januar jän jänner janvier janv enero ene janeiro gennaio januari stycznia styczeń sty leden ledna led "
    "ocak oca tammikuu tammikuuta tammi январь января янв січня ιανουάριος ιανουαρίου ιαν",
    "february feb februar feber février fevr fév febrero fevereiro fev febbraio februari lutego luty lut únor února úno "
    "şubat şub helmikuu helmikuuta helmi февраль февраля фев лютого φεβρουαρίου φεβ",
    "march mar märz mrz maerz mars marzo março marco maart mrt marca marzec březen března bře mart marts "
    "maaliskuu maaliskuuta maalis март марта мар березня μαρτίου μαρ",
    "april apr avril avr abril abr aprile kwietnia kwiecień kwi duben dubna dub nisan nis huhtikuu huhtikuuta huhti "
    "апрель апреля апр квітня απριλίου απρ",
    "may mai mayo maio maggio mag mei maja maj květen května kvě mayıs toukokuu toukokuuta touko май мая травня μαΐου μαι",
    "june jun juni juin junio junho giugno giu czerwca czerwiec cze červen června čvn haziran haz kesäkuu kesäkuuta kesä "
    "июнь июня июн червня ιουνίου ιουν",
    "july jul juli juillet juil julio julho luglio lug lipca lipiec lip červenec července čvc temmuz tem heinäkuu "
    "heinäkuuta heinä июль июля июл липня ιουλίου ιουλ",
    "august aug août aout agosto ago augustus sierpnia sierpień sie srpen srpna srp augusti ağustos ağu elokuu elokuuta "
    "elo август августа авг серпня αυγούστου αυγ",
    "september sep sept septembre septiembre setiembre setembro settembre set wrzesnia września wrzesień wrz září zář eylül eyl "
    "syyskuu syyskuuta syys сентябрь сентября сен сент вересня σεπτεμβρίου σεπ",
    "october oct oktober okt octobre octubre outubro out ottobre ott października październik paź říjen října říj ekim eki "
    "lokakuu lokakuuta loka октябрь октября окт жовтня οκτωβρίου οκτ",
    "november nov novembre noviembre novembro listopada listopad lis listopadu kasım kas marraskuu marraskuuta marras "
    "ноябрь ноября ноя листопада νοεμβρίου νοε",
    "december dec dezember dez décembre déc diciembre dic dezembro dicembre grudnia grudzień gru prosinec prosince pro "
    "desember des aralık ara joulukuu joulukuuta joulu декабрь декабря дек грудня δεκεμβρίου δεκ",
)

# Abbreviations and words that mean other things in a descriptor ("SUB 2", "set 3", "Mar 4"): they make a date only
# with a day and a year
CAUTIOUS = frozenset(
    [
        "sty",
        "led",
        "oca",
        "lut",
        "uno",
        "sub",
        "mar",
        "bre",
        "mart",
        "kwi",
        "dub",
        "nis",
        "mag",
        "mei",
        "cze",
        "haz",
        "lip",
        "tem",
        "ago",
        "sie",
        "srp",
        "elo",
        "set",
        "wrz",
        "zar",
        "out",
        "ott",
        "paz",
        "rij",
        "eki",
        "kas",
        "lis",
        "pro",
        "des",
        "ara",
        "gru",
        "ene",
        "may",
        "mai",
        "maj",
        "maja",
        "lug",
        "giu",
        "cvn",
        "cvc",
        "kve",
        "touko",
        "mars",
        "loka",
        "syys",
    ]
)

NUMBER: dict[str, int] = {folded(name): month for month, names in enumerate(_NAMES, 1) for name in names.split()}


def alternatives(names: set[str]) -> str:
    """A regular expression for any of `names`, the longest first."""
    return "|".join(re.escape(name) for name in sorted(names, key=lambda name: (-len(name), name)))


ALL = alternatives(set(NUMBER))
CLEAR = alternatives(set(NUMBER) - CAUTIOUS)
