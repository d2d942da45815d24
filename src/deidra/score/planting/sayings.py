"""The ways in which an identifier is written: as headers hold it, and as people type it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random

import msgspec

from deidra.score.planting.persona import Person, Persona, Phrases, written
from deidra.standard.dictionary import keyword

_LIMITS = {"SH": 16, "LO": 64, "PN": 64, "CS": 16, "AE": 16, "ST": 1024, "LT": 10240}
_PYTHON = {
    "": "ascii", "ISO_IR 6": "ascii", "ISO_IR 100": "latin-1", "ISO_IR 101": "iso8859_2", "ISO_IR 126": "iso8859_7",
    "ISO_IR 127": "iso8859_6", "ISO_IR 138": "iso8859_8", "ISO_IR 144": "iso8859_5", "ISO_IR 192": "utf-8",
    "GB18030": "gb18030", "ISO 2022 IR 87": "iso2022_jp", "ISO 2022 IR 149": "euc_kr",
}  # fmt: skip


class Said(msgspec.Struct, frozen=True):
    """One identifier as it is written somewhere; see `truth.Truth` for the fields."""

    surface: str
    kind: str
    known: bool
    core: tuple[str, ...] = ()
    moment: str = ""
    hardness: str = "plain"


class Speaker(msgspec.Struct, frozen=True):
    """What may be said in one object: of whom, in which study and series, with which luck."""

    persona: Persona
    phrases: Phrases
    study: int
    rng: Random
    series: str = ""
    seed: int = 0

    @property
    def study_date(self) -> date:
        return self.persona.study_dates[self.study]


# Attributes of the study and of the series: the same in all their objects (PS3.3 C.7.2, C.7.3)
_STUDY = {
    "StudyDate", "StudyDescription", "PhysiciansOfRecord", "NameOfPhysiciansReadingStudy", "ConsultingPhysicianName",
    "AdmittingDiagnosesDescription", "RequestingService", "RequestingPhysician", "StudyID", "ServiceEpisodeID",
    "ReasonForVisit", "AdmissionID", "ServiceEpisodeDescription", "Occupation", "AdditionalPatientHistory",
}  # fmt: skip
_SERIES = {
    "SeriesDate", "SeriesDescription", "ProtocolName", "OperatorsName", "PerformedProcedureStepDescription",
    "PerformedProcedureStepID", "PerformedProcedureStepStartDate", "PerformedProcedureStepEndDate", "StationName",
    "CommentsOnThePerformedProcedureStep", "InstitutionalDepartmentName", "InstitutionAddress", "DeviceSerialNumber",
}  # fmt: skip
_PATIENT_GROUPS = {0x0010, 0x0012}
_VISIT_GROUPS = {0x0032, 0x0038}


def speaking_of(speaker: Speaker, tag: int) -> Speaker:
    """The speaker with the luck of the entity that the attribute belongs to: what is said of one is said once."""
    name = keyword(tag)
    if tag >> 16 in _PATIENT_GROUPS and name not in _STUDY:
        entity, speaker = "patient", msgspec.structs.replace(speaker, study=0)
    elif name in _STUDY or tag >> 16 in _VISIT_GROUPS:
        entity = f"study {speaker.study}"
    elif name in _SERIES:
        entity = f"series {speaker.series}"
    else:
        return speaker
    rng = Random(f"{speaker.seed} {speaker.persona.subject} {entity} {tag}")  # noqa: S311 - reproducible
    return msgspec.structs.replace(speaker, rng=rng)


def fits(text: str, charset: tuple[str, ...], vr: str) -> bool:
    """Whether a value of the VR can hold the text in this character set. Validators count bytes, so do we."""
    encodings = ("ascii",) if vr in {"CS", "AE", "UR", "IS", "DS"} else tuple(_PYTHON[name] for name in charset)
    for encoding in encodings:
        try:
            return len(text.encode(encoding)) <= _LIMITS.get(vr, 1 << 20)
        except UnicodeEncodeError:
            continue
    return False


def full_name(person: Person, *, known: bool, kind: str = "name") -> Said:
    """A PN value."""
    return Said(written(person), kind, known, person.core, hardness="script" if len(person.family) > 1 else "plain")


def typed_name(person: Person, rng: Random, *, known: bool, kind: str = "name") -> Said:
    """A name as people type it into text: reordered, with an initial, in capitals, or the family name alone."""
    family, given = person.family[0], person.given[0]
    forms = [f"{given} {family}", f"{family}, {given}", f"{family}^{given}", f"{family} {given}".upper()]
    if not person.trap:
        forms += [family, f"{given[0]}. {family}", family.upper()]
    return Said(rng.choice(forms), kind, known, person.core, hardness="embedded")


def identifier(value: str, kind: str = "id", *, known: bool = True, hardness: str = "plain") -> Said:
    return Said(value, kind, known, (value,), hardness=hardness)


def typed_identifier(value: str, rng: Random, kind: str = "id", *, known: bool = True) -> Said:
    """An identifier with its separators changed, as people retype it."""
    bare = "".join(letter for letter in value if letter.isalnum())
    form = rng.choice([value, bare, value.replace("-", " ").replace(".", " "), value.lower()])
    return Said(form, kind, known, (value,), hardness="embedded" if form == value else "reformatted")


def typed_date(day: date, rng: Random, kind: str, *, known: bool) -> Said:
    """A date in one of the formats that people use."""
    form = rng.choice(["%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d %b %Y", "%Y%m%d", "%b %d, %Y", "%d/%m/%Y"])
    return Said(day.strftime(form), kind, known, moment=day.strftime("%Y%m%d"), hardness="reformatted")


def address(persona: Persona) -> Said:
    return Said(persona.address, "address", True, (persona.street, persona.city))


def institution(names: tuple[str, str], *, known: bool) -> Said:
    return Said(names[1], "institution", known, (names[0],))


def any_of(speaker: Speaker, vr: str, kinds: tuple[str, ...]) -> Said | None:
    """One identifier of these kinds that a value of the VR can hold; None where none can."""
    charset = speaker.persona.culture.charset
    candidates = [said for kind in kinds for said in _MAKERS[kind](speaker) if fits(said.surface, charset, vr)]
    return speaker.rng.choice(candidates) if candidates else None


def _names(speaker: Speaker) -> list[Said]:
    me = speaker.persona
    people = (me.person, me.relative, me.stranger)
    return [typed_name(person, speaker.rng, known=person is not me.stranger) for person in people]


def _physicians(speaker: Speaker) -> list[Said]:
    people = (speaker.persona.referring, speaker.persona.performing)
    return [typed_name(person, speaker.rng, known=True, kind="physician") for person in people]


def _ids(speaker: Speaker) -> list[Said]:
    me = speaker.persona
    return [typed_identifier(v, speaker.rng) for v in (me.patient_id, me.other_id, me.accessions[speaker.study])]


def _places(speaker: Speaker) -> list[Said]:
    return [address(speaker.persona), Said(speaker.persona.city, "address", True, (speaker.persona.city,))]


def _institutions(speaker: Speaker) -> list[Said]:
    me = speaker.persona
    return [institution(me.institution, known=True), institution(me.elsewhere, known=False)]


def _devices(speaker: Speaker) -> list[Said]:
    return [Said(value, "device", False, (value,)) for value in (speaker.persona.host, speaker.persona.implant)]


def _titles(speaker: Speaker) -> list[Said]:
    title = speaker.persona.host.split(".")[0].upper()
    return [Said(title, "device", False, (title,))]


def _urls(speaker: Speaker) -> list[Said]:
    me = speaker.persona
    return [Said(f"https://{me.host}/wado?id={me.patient_id}", "url", True, (me.host, me.patient_id))]


def _birth_dates(speaker: Speaker) -> list[Said]:
    return [typed_date(speaker.persona.birth, speaker.rng, "birth-date", known=True)]


def _dates(speaker: Speaker) -> list[Said]:
    day = speaker.study_date - timedelta(days=speaker.rng.randint(0, 9))
    return [typed_date(day, speaker.rng, "date", known=False)]


def _phones(speaker: Speaker) -> list[Said]:
    return [Said(speaker.persona.phone, "phone", True, (speaker.persona.phone,))]


def _mails(speaker: Speaker) -> list[Said]:
    return [Said(speaker.persona.email, "email", True, (speaker.persona.email,))]


_MAKERS: dict[str, Callable[[Speaker], list[Said]]] = {
    "name": _names, "physician": _physicians, "id": _ids, "address": _places, "phone": _phones, "email": _mails,
    "institution": _institutions, "device": _devices, "ae": _titles, "url": _urls, "birth-date": _birth_dates,
    "date": _dates,
}  # fmt: skip
