"""People who do not exist: names of many cultures, addresses, numbers and dates, drawn from a seed.

Two halves with disjoint names and phrases: one to tune on, one to be judged by.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from functools import cache
from importlib import resources

import msgspec

from deidra.score.truth import Half


class Culture(msgspec.Struct, frozen=True):
    """Names and addresses of one culture. `charset` is its Specific Character Set (0008,0005).

    Family and given names are [as usually written, ideographic, phonetic], as far as there are such forms. `trap`:
    its family names are words that reports need.
    """

    id: str
    charset: tuple[str, ...]
    family: tuple[tuple[str, ...], ...]
    given: tuple[tuple[str, ...], ...]
    streets: tuple[str, ...]
    cities: tuple[tuple[str, str], ...]
    institutions: tuple[tuple[str, str], ...]
    phone: str
    address: str
    trap: bool = False


class Phrases(msgspec.Struct, frozen=True):
    """Everything that one half of the generator may say."""

    about: str
    cultures: tuple[Culture, ...]
    words: tuple[str, ...]
    findings: tuple[str, ...]
    lookalikes: tuple[str, ...]
    mixed: tuple[str, ...]
    comments: tuple[str, ...]
    prefix: str


class Person(msgspec.Struct, frozen=True):
    """One person's names: [as usually written, ideographic, phonetic] where the culture has them."""

    family: tuple[str, ...]
    given: tuple[str, ...]
    trap: bool = False

    @property
    def core(self) -> tuple[str, ...]:
        """What alone discloses the person: the family name, and the whole name in its other scripts."""
        own = () if self.trap else (self.family[0],)
        return own + tuple(self.family[n] + self.given[n] for n in range(1, len(self.family)))


class Persona(msgspec.Struct, frozen=True):
    """A patient with all that headers and reports say of one."""

    subject: str
    culture: Culture
    person: Person
    patient_id: str
    other_id: str
    birth: date
    sex: str
    street: str
    city: str
    code: str
    address: str
    phone: str
    email: str
    relative: Person
    referring: Person
    performing: Person
    stranger: Person
    institution: tuple[str, str]
    elsewhere: tuple[str, str]
    study_dates: tuple[date, ...]
    accessions: tuple[str, ...]
    implant: str
    host: str


_FILES = {"tune": "tune.json", "held-out": "held_out.json"}
_MOST_NAME_BYTES = 50
_FIRST_STUDY = date(2016, 2, 1)


@cache
def phrases(half: Half) -> Phrases:
    """The names and phrases of one half."""
    data = resources.files("deidra.score.planting").joinpath("data", _FILES[half]).read_bytes()
    return msgspec.json.decode(data, type=Phrases)


def persona(number: int, half: Half, seed: int, studies: int) -> Persona:
    """Patient `number` of a corpus: always the same for the same arguments."""
    rng = random.Random(f"persona {half} {seed} {number}")  # noqa: S311 - reproducible, nothing secret
    said = phrases(half)
    culture = said.cultures[number % len(said.cultures)]
    families = rng.sample(culture.family, 5)
    given = rng.sample(culture.given, 5)
    # People meet in pairs of names that no other patient of the same culture has: the round shifts the givens
    people = [Person(families[i], given[i], culture.trap) for i in range(5)]
    street, (code, city) = rng.choice(culture.streets), rng.choice(culture.cities)
    house = rng.randint(3, 189)
    birth = date(1931, 1, 1) + timedelta(days=rng.randrange(365 * 60))
    first = _FIRST_STUDY + timedelta(days=rng.randrange(600))
    dates = [first]
    for _ in range(1, studies):
        dates.append(dates[-1] + timedelta(days=rng.randint(20, 170)))
    here, there = rng.sample(culture.institutions, 2)
    digits = f"{rng.randrange(10**7):07d}"
    return Persona(
        subject=f"S{number:03d}",
        culture=culture,
        person=people[0],
        patient_id=f"{said.prefix}{rng.randint(10, 99)}-{digits}",
        other_id=f"{rng.randint(100, 899)}.{rng.randrange(10**6):06d}/{rng.randint(10, 99)}",
        birth=birth,
        sex=rng.choice("FM"),
        street=street,
        city=city,
        code=code,
        address=culture.address.format(street=street, number=house, city=city, code=code),
        phone=f"{culture.phone}{rng.randint(100, 999)}",
        email=f"{said.prefix.lower()}{rng.randrange(10**6):06d}@mail{rng.randint(10, 99)}.example",
        relative=people[1],
        referring=people[2],
        performing=people[3],
        stranger=people[4],
        institution=here,
        elsewhere=there,
        study_dates=tuple(dates),
        accessions=tuple(f"{said.prefix}A{rng.randrange(10**8):08d}" for _ in dates),
        implant=f"{rng.choice('BCDGHKM')}{rng.choice('NPRTVXZ')}{rng.randrange(10**7):07d}",
        host=f"{said.prefix.lower()}ct{rng.randint(100, 999)}.radiology.example",
    )


def written(person: Person) -> str:
    """A PN value with all groups of components that the culture has (PS3.5 6.2.1)."""
    groups = [f"{person.family[n]}^{person.given[n]}" for n in range(len(person.family))]
    # Validators count the bytes of all groups
    while len(groups) > 1 and len("=".join(groups).encode()) > _MOST_NAME_BYTES:
        groups.pop()
    return "=".join(groups)
