"""The modules that every clean object has (PS3.3 C.7), without any identity in them."""

from __future__ import annotations

import hashlib
from random import Random
from typing import Any

import msgspec
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

ROOT = "1.2.826.0.1.3680043.10.9137"  # an arc for synthetic objects only
DAY, TIME, MOMENT = "20100101", "101500", "20100101101500"


class Place(msgspec.Struct, frozen=True):
    """Where an object stands in its corpus."""

    seed: int
    subject: int
    study: int
    series: int
    instance: int


def uid(place: Place, *about: object) -> str:
    """A UID that depends on its arguments alone."""
    text = " ".join(map(str, (place.seed, place.subject, *about)))
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:12], "big")
    return f"{ROOT}.1.{number}"


def study_uid(place: Place) -> str:
    return uid(place, "study", place.study)


def series_uid(place: Place, modality: str) -> str:
    return uid(place, "series", place.study, modality)


def instance_uid(place: Place, modality: str, number: int) -> str:
    return uid(place, "instance", place.study, modality, number)


def frame_uid(place: Place) -> str:
    return uid(place, "frame", place.study)


def item(**values: Any) -> Dataset:
    """A data set from keywords; lists of data sets become sequences."""
    ds = Dataset()
    for keyword, value in values.items():
        many = isinstance(value, list) and value and isinstance(value[0], Dataset)
        setattr(ds, keyword, Sequence(value) if many else value)
    return ds


def code(value: str, scheme: str, meaning: str) -> Dataset:
    """A code sequence item."""
    return item(CodeValue=value, CodingSchemeDesignator=scheme, CodeMeaning=meaning)


def referenced(sop_class: str, instance: str) -> Dataset:
    """An item that refers to one instance."""
    return item(ReferencedSOPClassUID=sop_class, ReferencedSOPInstanceUID=instance)


def common(sop_class: str, modality: str, place: Place) -> Dataset:
    """Patient, General Study, Patient Study, General Series, General Equipment and SOP Common modules."""
    return item(
        SpecificCharacterSet="ISO_IR 100", SOPClassUID=sop_class,
        SOPInstanceUID=instance_uid(place, modality, place.instance),
        PatientName="Clean^Object", PatientID=f"CLEAN{place.subject}", PatientBirthDate="", PatientSex="O",
        PatientAge="051Y", PatientSize="1.71", PatientWeight="68.5",
        StudyInstanceUID=study_uid(place), StudyDate=DAY, StudyTime=TIME, StudyID="1", AccessionNumber="",
        ReferringPhysicianName="",
        Modality=modality, SeriesInstanceUID=series_uid(place, modality), SeriesNumber=str(place.series),
        SeriesDate=DAY, SeriesTime=TIME, Manufacturer="ACME Imaging", ManufacturerModelName="Modelo 900",
        SoftwareVersions="VB17A SP2", DeviceSerialNumber="1", InstanceNumber=str(place.instance),
        ContentDate=DAY, ContentTime=TIME, InstanceCreationDate=DAY, InstanceCreationTime=TIME,
    )  # fmt: skip


def decimals(rng: Random, low: float, high: float) -> str:
    """A DS value that hardly occurs twice."""
    return f"{rng.uniform(low, high):.5f}"
