"""Identifiers to plant: who is known, and the surface forms in which persons, numbers and places are written.

TUNE and HELD_OUT use different locales, different forms and different separators.
"""
# ruff: noqa: E501 - a table reads better with a line for each entry

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from faker import Faker

LOCALES = {
    "tune": "en_US de_DE fr_FR es_ES it_IT pl_PL tr_TR vi_VN ru_RU".split(),
    "held-out": "en_GB de_AT fr_CA es_MX pt_BR nl_NL cs_CZ sv_SE da_DK no_NO fi_FI el_GR uk_UA hu_HU ro_RO id_ID en_IN ja_JP".split(),
}
AMBIGUOUS = {
    "tune": "Head Long Price Stone Chest Trunk Cook".split(),
    "held-out": "Hand Short Young Foot Bone Hill Wall Power Rice Shaw".split(),
}


class Person(NamedTuple):
    surname: str
    given: str
    middle: str
    birth: date
    patient_id: str
    accession: str
    hospital: str
    phone: str


class Planted(NamedTuple):
    """`text` as it stands in a descriptor; `secrets`: what may not survive, folded by the scorer."""

    group: str  # known, formatted, unknown
    kind: str
    text: str
    secrets: tuple[str, ...]


class Maker:
    """Makes persons and identifiers of one half of the benchmark from one seed."""

    def __init__(self, half: str, seed: int) -> None:
        self.half = half
        self.random = random.Random(seed)
        self._fakers = [Faker(locale) for locale in LOCALES[half]]
        for at, faker in enumerate(self._fakers):
            faker.seed_instance(seed * 1000 + at)

    def faker(self) -> Faker:
        return self.random.choice(self._fakers)

    def surname(self) -> str:
        if self.random.random() < 0.15:
            return self.random.choice(AMBIGUOUS[self.half])
        return self.faker().last_name()

    def day(self) -> date:
        return date(1930, 1, 1) + timedelta(days=self.random.randrange(33_000))

    def person(self) -> Person:
        faker, r = self.faker(), self.random
        shape = r.choice(
            ["#######", "PAT-########", "??######", "0000####9", "S##-#####"]
            if self.half == "tune"
            else ["########", "MR-###-####", "?######", "##.###.###", "K#####/##"]
        )
        return Person(
            self.surname() if r.random() < 0.3 else faker.last_name(), faker.first_name(), faker.first_name(), self.day(),
            faker.bothify(shape).upper(), faker.bothify("A########" if self.half == "tune" else "####-##-####").upper(),
            f"{faker.last_name()} {r.choice(['Hospital', 'Clinic', 'Klinik'] if self.half == 'tune' else ['Infirmary', 'Medical Center', 'Krankenhaus'])}",
            faker.numerify("+49 30 ######" if self.half == "tune" else "(0##) ###-####"),
        )  # fmt: skip

    def known(self, p: Person) -> Planted:
        s, g, r = p.surname, p.given, self.random
        day = p.birth
        if self.half == "tune":
            names = [
                f"{s} {g}",
                f"{s}^{g}",
                f"{g}_{s}",
                f"{s}, {g[0]}.",
                f"{g[0]}{s}".lower(),
                s.upper(),
                f"{s}-{g}",
                f"{s}/{g}",
                f"{g}{s}",
            ]
            numbers = [
                p.patient_id,
                p.patient_id.replace("-", ""),
                p.accession,
                p.accession.lower(),
                f"ID{p.patient_id}",
            ]
            days = [day.strftime(form) for form in ("%Y%m%d", "%d.%m.%Y", "%Y-%m-%d")]
        else:
            names = [
                f"{g} {p.middle} {s}",
                f"{s.lower()}.{g.lower()}",
                f"{s};{g}",
                f"{g[0]}.{s}",
                f"{s}{g[0]}",
                f"{s.upper()}{day:%y}",
                f"{s}=={g}",
                f"{g[0]}{p.middle[0]}{s}".lower(),
                f"x{s}",
                "-".join(s) if s.isascii() else s,
                f"{s}s",
            ]
            numbers = [
                " ".join(p.patient_id),
                p.patient_id.replace("-", " ").replace(".", ""),
                f"#{p.accession}",
                p.accession.replace("-", ""),
                f"{p.patient_id}_2",
                p.phone,
                p.phone.replace(" ", "").replace("(", "").replace(")", ""),
            ]
            days = [day.strftime(form) for form in ("%d%m%Y", "%m/%d/%y", "%d %b %Y", "%y%m%d", "%B %d, %Y")] + [
                f"{day.day}.{day.month}.{day:%y}"
            ]
        kind = r.choice(["name", "name", "name", "number", "date", "hospital"])
        if kind == "name":
            text = r.choice(names)
            return Planted("known", kind, text, (s,) if g.lower() not in text.lower() else (s, g))
        if kind == "number":
            text = r.choice(numbers)
            return Planted("known", kind, text, (text,))
        if kind == "date":
            text = r.choice(days)
            return Planted("known", kind, text, (text,))
        # The longest word: not the "da" of "da Luz Krankenhaus", nor what every hospital is called
        general = {"Hospital", "Clinic", "Klinik", "Infirmary", "Medical", "Center", "Krankenhaus"}
        telling = max((word for word in p.hospital.split() if word not in general), key=len)
        text = p.hospital if r.random() < 0.5 else telling.upper()
        return Planted("known", kind, text, (telling,))

    def formatted(self) -> Planted:
        r, faker, day = self.random, self.faker(), self.day()
        tune = self.half == "tune"
        old = r.randint(90, 109)
        forms: dict[str, Callable[[], str]] = {
            "date": lambda: day.strftime(r.choice(["%d.%m.%Y", "%Y%m%d", "%d-%b-%Y", "%m/%d/%Y"] if tune else ["%Y/%m/%d", "%d %B %Y", "%d.%m.%y", "%b %d %Y", "%d%b%Y", "%d-%m-%Y %H:%M", "%Y.%m.%d", "%Y-%m-%dT10:20:30"])),
            "month": lambda: r.choice(["12. Mai 2001", "3 de mayo de 1999", "le 14 juillet 2010"] if tune else ["7 giugno 1988", "23 września 2004", "5. července 2015", "14 Mart 2011", "2 de setembro de 1990", "9. toukokuuta 1977", "11 maj 2003", "1 août 1969", "30. Oktober 2018", "22 februari 2009"]),
            "age": lambda: r.choice([f"{old} years old", f"{old}yo", f"0{old}Y"[-4:]] if tune else [f"{old}-jährig", f"M0{old}Y"[:5] if old < 100 else f"M{old}Y", f"{old}y/o", f"age {old}", f"{old} Jahre", f"{old} ans", f"F{old}", f"{old} años", f"Alter: {old}"]),
            "phone": lambda: faker.numerify(r.choice(["+1-%##-%##-####", "(%##) %##-####", "0## ######"] if tune else ["%##.%##.####", "0%#/#######", "+44 20 #### ####", "0# ## ## ## ##", "tel %######", "+39 0## #######", "001 %## %## ####", "0%##-######"])),
            "email": lambda: faker.ascii_safe_email() if tune else faker.user_name() + "@" + r.choice(["klinik-nord.de", "hosp.nhs.uk", "mail.example.org"]),
            "url": lambda: "https://" + faker.domain_name() + "/p/12" if tune else r.choice(["www.", "http://"]) + faker.domain_name() + "/pat?id=7",
            "ip": faker.ipv4,
            "record": lambda: faker.bothify(r.choice(["MRN ######", "ID: ??#####", "ACC #######"] if tune else ["Fallnr. ########", "case no #####", "NHC: ######", "#######", "??-##-#####", "dossier n° ######", "Acc# ##########"])).upper(),
            "national": lambda: r.choice([lambda: faker.numerify("###-##-####"), lambda: "943 476 5919"])() if tune else r.choice(["131052-308T", "12345678Z", "850730/1234", "44051401359", "RSSMRA85M01H501Q", "756.1234.5678.97", "010190-1234", "1 85 05 78 006 084 36", "10000000146", "111.222.333-96"]),
            "postal": lambda: r.choice(["Springfield, IL 62704", "SW1A 1AA"] if tune else ["EH8 9YL", "K1A 0B1", "1012 LG Amsterdam", "Boston MA 02115", "00-950 Warszawa", "75008 Paris", "8001-970 Faro"]),
            "coordinates": lambda: r.choice(["52.5200, 13.4050"] if tune else ["48.85661 2.35222", "40°26'46\"N 79°58'56\"W"]),
        }  # fmt: skip
        kind = r.choice(sorted(forms))
        text = forms[kind]()
        return Planted("formatted", kind, text, (text,))

    def unknown(self) -> Planted:
        r, faker, tune = self.random, self.faker(), self.half == "tune"
        surname, given = self.surname(), faker.first_name()
        kind = r.choice(["name", "name", "doctor", "place", "hospital", "street"])
        if kind in {"name", "doctor"}:
            forms = (
                [f"{given} {surname}", f"{surname}, {given}"]
                if tune
                else [
                    f"{surname}^{given}",
                    f"{surname} {given}",
                    f"{given}_{surname}",
                    f"{surname.upper()}, {given.upper()}",
                    f"{given.lower()} {surname.lower()}",
                ]
            )
            text = r.choice(forms)
            secrets: tuple[str, ...] = (surname, given)
            if kind == "doctor":
                text = f"{r.choice(['Dr.', 'Prof.'] if tune else ['Dr', 'Dr. med.', 'referring physician', 'Frau'])} {surname}"
                secrets = (surname,)
        elif kind == "place":
            text = faker.city()
            secrets = (text,)
        elif kind == "hospital":
            name = faker.last_name()
            text = f"{name} {r.choice(['Hospital', 'Clinic'] if tune else ['Memorial', 'Ziekenhuis', 'Medical Centre', 'Klinikum'])}"
            secrets = (name,)
        else:
            text = faker.street_address().replace("\n", " ")
            secrets = (text,)
        return Planted("unknown", kind, text, secrets)
