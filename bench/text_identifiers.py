"""Identifiers to plant: who is known, and the surface forms in which persons, numbers and places are written.

The halves "tune" and "held-out" use different locales of Faker, different forms and different separators; "fresh" uses
the names and towns of another source (mimesis), all forms, and some that the others do not have.
"""
# ruff: noqa: E501 - a table reads better with a line for each entry

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, NamedTuple

from faker import Faker
from mimesis import Address, Locale
from mimesis import Person as Someone

from deidra.text.folding import folded
from deidra.text.terms import PARTICLES

LOCALES = {
    "tune": "en_US de_DE fr_FR es_ES it_IT pl_PL tr_TR vi_VN ru_RU".split(),
    "held-out": "en_GB de_AT fr_CA es_MX pt_BR nl_NL cs_CZ sv_SE da_DK no_NO fi_FI el_GR uk_UA hu_HU ro_RO id_ID en_IN ja_JP".split(),
}
# Nobody is known by these alone
_PARTICLES = PARTICLES | {"della", "dalla", "delle", "dello", "op", "het", "aan"}
MIMESIS = "en en-gb de fr es pt pt-br it nl pl cs sv tr da no fi hu et hr sk is ru el".split()
AMBIGUOUS = {
    "tune": "Head Long Price Stone Chest Trunk Cook".split(),
    "held-out": "Hand Short Young Foot Bone Hill Wall Power Rice Shaw".split(),
    "fresh": "Palm Shin Chin Brown Walker Klein Blanc Costa Rossi Park Day Fields Cross Marks".split(),
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


class Stranger:
    """Names and towns of mimesis, with the methods of Faker that the forms use."""

    def __init__(self, locale: str, seed: int) -> None:
        self._person = Someone(Locale(locale), seed=seed)
        self._address = Address(Locale(locale), seed=seed)
        self._faker = Faker("en_US")
        self._faker.seed_instance(seed)

    def last_name(self) -> str:
        return self._person.surname()

    def first_name(self) -> str:
        return self._person.first_name()

    def city(self) -> str:
        return self._address.city()

    def street_address(self) -> str:
        return self._address.address()

    def __getattr__(self, name: str) -> Callable[..., str]:
        return getattr(self._faker, name)  # type: ignore[no-any-return]


class Maker:
    """Makes persons and identifiers of one half of the benchmark from one seed."""

    def __init__(self, half: str, seed: int) -> None:
        self.half = half
        self.random = random.Random(seed)
        if half == "fresh":
            self._fakers = [Stranger(locale, seed * 1000 + at) for at, locale in enumerate(MIMESIS)]
            return
        self._fakers = [Faker(locale) for locale in LOCALES[half]]
        for at, faker in enumerate(self._fakers):
            faker.seed_instance(seed * 1000 + at)

    def _forms(self, tune: list[str], held_out: list[str], fresh: list[str] | None = None) -> str:
        listed = {"tune": tune, "held-out": held_out, "fresh": [*tune, *held_out, *(fresh or [])]}
        return self.random.choice(listed[self.half])

    def faker(self) -> Any:
        return self.random.choice(self._fakers)

    def surname(self) -> str:
        if self.random.random() < 0.15:
            return self.random.choice(AMBIGUOUS[self.half])
        return self.faker().last_name()

    def day(self) -> date:
        return date(1930, 1, 1) + timedelta(days=self.random.randrange(33_000))

    def person(self) -> Person:
        faker, r = self.faker(), self.random
        shape = self._forms(
            ["#######", "PAT-########", "??######", "0000####9", "S##-#####"],
            ["########", "MR-###-####", "?######", "##.###.###", "K#####/##"],
            ["###-##-##-#", "??.####.??", "4711####", "R ### ### ###"],
        )
        return Person(
            self.surname() if r.random() < 0.3 else faker.last_name(), faker.first_name(), faker.first_name(), self.day(),
            faker.bothify(shape).upper(), faker.bothify(self._forms(["A########"], ["####-##-####"], ["????####"])).upper(),
            f"{faker.last_name()} {self._forms(['Hospital', 'Clinic', 'Klinik'], ['Infirmary', 'Medical Center', 'Krankenhaus'], ['Sjukhus', 'Hastanesi', 'Poliklinika'])}",
            faker.numerify(self._forms(["+49 30 ######"], ["(0##) ###-####"], ["0### ## ## ##"])),
        )  # fmt: skip

    def known(self, p: Person) -> Planted:
        s, g, r = p.surname, p.given, self.random
        day = p.birth
        name = self._forms(
            [
                f"{s} {g}",
                f"{s}^{g}",
                f"{g}_{s}",
                f"{s}, {g[0]}.",
                f"{g[0]}{s}".lower(),
                s.upper(),
                f"{s}-{g}",
                f"{s}/{g}",
                f"{g}{s}",
            ],
            [
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
            ],
            [
                f"{s} ({g})",
                f"PT {s}",
                f"{s}_{g}_{p.middle}",
                f"{g[:1]}. {p.middle[:1]}. {s}",
                f"{s}{g}{p.middle}",
                f"pat.{s}",
                f"{s}2",
                f"__{s}__",
            ],
        )
        number = self._forms(
            [p.patient_id, p.patient_id.replace("-", ""), p.accession, p.accession.lower(), f"ID{p.patient_id}"],
            [
                " ".join(p.patient_id),
                p.patient_id.replace("-", " ").replace(".", ""),
                f"#{p.accession}",
                p.accession.replace("-", ""),
                f"{p.patient_id}_2",
                p.phone,
                p.phone.replace(" ", "").replace("(", "").replace(")", ""),
            ],
            [f"({p.patient_id})", f"{p.accession}/{p.patient_id}", f"n{p.patient_id}"],
        )
        shown = self._forms(
            [day.strftime(form) for form in ("%Y%m%d", "%d.%m.%Y", "%Y-%m-%d")],
            [
                *(day.strftime(form) for form in ("%d%m%Y", "%m/%d/%y", "%d %b %Y", "%y%m%d", "%B %d, %Y")),
                f"{day.day}.{day.month}.{day:%y}",
            ],
            [day.strftime("%d/%m/%Y"), day.strftime("%Y_%m_%d"), day.strftime("*%d.%m.%Y")],
        )
        kind = r.choice(["name", "name", "name", "number", "date", "hospital"])
        if kind == "name":
            text = name
            return Planted("known", kind, text, (s,) if g.lower() not in text.lower() else (s, g))
        if kind == "number":
            text = number
            return Planted("known", kind, text, (text,))
        if kind == "date":
            text = shown
            return Planted("known", kind, text, (text,))
        # The longest word: not the "da" of "da Luz Krankenhaus", nor what every hospital is called
        general = {
            "Hospital",
            "Clinic",
            "Klinik",
            "Infirmary",
            "Medical",
            "Center",
            "Krankenhaus",
            "Sjukhus",
            "Hastanesi",
            "Poliklinika",
        }
        telling = max(
            (word for word in p.hospital.split() if word not in general and folded(word) not in _PARTICLES),
            key=len,
            default="",
        )
        if not telling:
            return self.known(p)
        text = p.hospital if r.random() < 0.5 else telling.upper()
        return Planted("known", kind, text, (telling,))

    def formatted(self) -> Planted:
        r, faker, day = self.random, self.faker(), self.day()
        tune = self.half == "tune"
        old = r.randint(90, 109)
        forms: dict[str, Callable[[], str]] = {
            "date": lambda: day.strftime(self._forms(["%d.%m.%Y", "%Y%m%d", "%d-%b-%Y", "%m/%d/%Y"], ["%Y/%m/%d", "%d %B %Y", "%d.%m.%y", "%b %d %Y", "%d%b%Y", "%d-%m-%Y %H:%M", "%Y.%m.%d", "%Y-%m-%dT10:20:30"])),
            "month": lambda: self._forms(["12. Mai 2001", "3 de mayo de 1999", "le 14 juillet 2010"], ["7 giugno 1988", "23 września 2004", "5. července 2015", "14 Mart 2011", "2 de setembro de 1990", "9. toukokuuta 1977", "11 maj 2003", "1 août 1969", "30. Oktober 2018", "22 februari 2009"]),
            "age": lambda: r.choice([f"{old} years old", f"{old}yo", f"0{old}Y"[-4:]] if tune else [f"{old}-jährig", f"M0{old}Y"[:5] if old < 100 else f"M{old}Y", f"{old}y/o", f"age {old}", f"{old} Jahre", f"{old} ans", f"F{old}", f"{old} años", f"Alter: {old}"]),
            "phone": lambda: faker.numerify(self._forms(["+1-%##-%##-####", "(%##) %##-####", "0## ######"], ["%##.%##.####", "0%#/#######", "+44 20 #### ####", "0# ## ## ## ##", "tel %######", "+39 0## #######", "001 %## %## ####", "0%##-######"])),
            "email": lambda: faker.ascii_safe_email() if tune else faker.user_name() + "@" + r.choice(["klinik-nord.de", "hosp.nhs.uk", "mail.example.org"]),
            "url": lambda: "https://" + faker.domain_name() + "/p/12" if tune else r.choice(["www.", "http://"]) + faker.domain_name() + "/pat?id=7",
            "ip": faker.ipv4,
            "record": lambda: faker.bothify(self._forms(["MRN ######", "ID: ??#####", "ACC #######"], ["Fallnr. ########", "case no #####", "NHC: ######", "#######", "??-##-#####", "dossier n° ######", "Acc# ##########"])).upper(),
            "national": lambda: r.choice([lambda: faker.numerify("###-##-####"), lambda: "943 476 5919"])() if tune else r.choice(["131052-308T", "12345678Z", "850730/1234", "44051401359", "RSSMRA85M01H501Q", "756.1234.5678.97", "010190-1234", "1 85 05 78 006 084 36", "10000000146", "111.222.333-96"]),
            "postal": lambda: self._forms(["Springfield, IL 62704", "SW1A 1AA"], ["EH8 9YL", "K1A 0B1", "1012 LG Amsterdam", "Boston MA 02115", "00-950 Warszawa", "75008 Paris", "8001-970 Faro"]),
            "coordinates": lambda: self._forms(["52.5200, 13.4050"], ["48.85661 2.35222", "40°26'46\"N 79°58'56\"W"]),
        }  # fmt: skip
        kind = r.choice(sorted(forms))
        text = forms[kind]()
        return Planted("formatted", kind, text, (text,))

    def unknown(self) -> Planted:
        r, faker = self.random, self.faker()
        surname, given = self.surname(), faker.first_name()
        kind = r.choice(["name", "name", "doctor", "place", "hospital", "street"])
        if kind in {"name", "doctor"}:
            text = self._forms(
                [f"{given} {surname}", f"{surname}, {given}"],
                [
                    f"{surname}^{given}",
                    f"{surname} {given}",
                    f"{given}_{surname}",
                    f"{surname.upper()}, {given.upper()}",
                    f"{given.lower()} {surname.lower()}",
                ],
                [f"{given[0]}. {surname}", f"{given}-{surname}", f"{surname.upper()} {given}", f"{surname}/{given}"],
            )
            secrets: tuple[str, ...] = (surname, given) if given.lower() in text.lower() else (surname,)
            if kind == "doctor":
                text = f"{self._forms(['Dr.', 'Prof.'], ['Dr', 'Dr. med.', 'referring physician', 'Frau'], ['Pani', 'Sra.', 'overlege', 'Lekarz', 'M.', 'dott.ssa'])} {surname}"
                secrets = (surname,)
        elif kind == "place":
            text = faker.city()
            secrets = (text,)
        elif kind == "hospital":
            name = faker.last_name()
            text = f"{name} {self._forms(['Hospital', 'Clinic'], ['Memorial', 'Ziekenhuis', 'Medical Centre', 'Klinikum'], ['Sykehus', 'Szpital', 'Nemocnice', 'Sairaala'])}"
            secrets = (name,)
        else:
            text = faker.street_address().replace("\n", " ")
            secrets = (text,)
        return Planted("unknown", kind, text, secrets)
