"""A small clinic: synthetic people in several scripts, their objects, and the release of them."""

from __future__ import annotations

import warnings
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from pydicom import config
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian

import deidra

ROOT = "1.2.826.0.1.3680043.10.9137.77."
CT = "1.2.840.10008.5.1.4.1.1.2"
ROWS = 16


class Person(NamedTuple):
    """A synthetic person. `charset` is the value of Specific Character Set."""

    name: str
    patient_id: str
    birth_date: str
    charset: str = ""


MARGIT = Person("Halverson^Margit Liv", "MH-4471902", "19480317", "ISO_IR 100")
JOERG = Person("Åkerström^Jörg", "ZH0099817", "19610702", "ISO_IR 100")
TARO = Person("Yamada^Tarou=山田^太郎=やまだ^たろう", "JP-55120", "19750101", "ISO_IR 192")
IVAN = Person("Люксов^Иван", "RU771203", "19520920", "ISO_IR 144")
KIM = Person("Lee^Kim", "P4", "19900505", "ISO_IR 6")
HEAD = Person("Head^Rose", "40001", "19331111", "ISO_IR 6")
OTHERS = (JOERG, TARO, IVAN, KIM, HEAD)

PHYSICIAN = "Quellmalz^Dorothea"
INSTITUTION = "Klinik Sankt Wendelin"
ADDRESS = "Birkenweg 17, 90210 Tannstadt"
PHONE = "+49 911 4477123"
ACCESSION = "ACC20071834"
DEVICE = "SN-88123-A"


def ct(person: Person, study: int, instance: int, day: str = "20041107") -> Dataset:
    """A CT image of one person, small and complete."""
    ds = Dataset()
    ds.SpecificCharacterSet = person.charset or None
    ds.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL"]
    ds.SOPClassUID = CT
    ds.SOPInstanceUID = f"{ROOT}{study}.{instance}"
    ds.StudyDate = ds.SeriesDate = ds.AcquisitionDate = ds.ContentDate = day
    ds.StudyTime = ds.SeriesTime = ds.AcquisitionTime = ds.ContentTime = "073215.250000"
    ds.AccessionNumber, ds.Modality, ds.Manufacturer = ACCESSION, "CT", "Nordlicht Systems"
    ds.InstitutionName, ds.InstitutionAddress = INSTITUTION, ADDRESS
    ds.ReferringPhysicianName, ds.ReferringPhysicianTelephoneNumbers = PHYSICIAN, PHONE
    ds.StudyDescription = "THORAX"
    ds.PatientName, ds.PatientID, ds.PatientBirthDate, ds.PatientSex = (
        person.name,
        person.patient_id,
        person.birth_date,
        "F",
    )
    ds.DeviceSerialNumber = DEVICE
    ds.StudyInstanceUID, ds.SeriesInstanceUID = f"{ROOT}{study}", f"{ROOT}{study}.1000"
    ds.StudyID, ds.SeriesNumber, ds.AcquisitionNumber, ds.InstanceNumber = "S17", 1, 1, instance
    ds.FrameOfReferenceUID, ds.PositionReferenceIndicator = f"{ROOT}{study}.2000", None
    ds.ImagePositionPatient, ds.ImageOrientationPatient = [0, 0, instance], [1, 0, 0, 0, 1, 0]
    ds.SliceThickness, ds.KVP, ds.PixelSpacing = 1, 120, [1, 1]
    ds.ReferencedImageSequence = Sequence([reference(f"{ROOT}{study}.1")])
    ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.Rows, ds.Columns = 1, "MONOCHROME2", ROWS, ROWS
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.RescaleIntercept, ds.RescaleSlope = -1024, 1
    ds.PixelData = bytes((instance * 7 + i * 31) % 251 for i in range(2 * ROWS * ROWS))
    return ds


def reference(uid: str) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = CT, uid
    return item


def part10(ds: Dataset, syntax: str = ExplicitVRLittleEndian) -> bytes:
    """The bytes of a file."""
    plain = Dataset(ds)  # forgets how it was encoded
    plain.file_meta = getattr(ds, "file_meta", FileMetaDataset())
    plain.file_meta.TransferSyntaxUID = syntax
    out = BytesIO()
    with warnings.catch_warnings(), config.disable_value_validation():
        warnings.simplefilter("ignore")
        plain.save_as(out, enforce_file_format=True)
    return out.getvalue()


def build(folder: Path, images: int) -> None:
    """`images` of Margit in one study and one more two years later; one of everybody else."""
    folder.mkdir(parents=True)
    for number in range(1, images + 1):
        (folder / f"margit{number:03d}.dcm").write_bytes(part10(ct(MARGIT, 1, number)))
    (folder / "later.dcm").write_bytes(part10(ct(MARGIT, 2, 1, "20061224")))
    for number, person in enumerate(OTHERS, start=3):
        (folder / f"other{number}.dcm").write_bytes(part10(ct(person, number, 1, f"2001010{number}")))


def release(folder: Path, images: int, policy: str = "public-research") -> Path:
    """Build the clinic below `folder` and release it; gives the output."""
    build(folder / "in", images)
    summary = deidra.run([folder / "in"], folder / "out", policy=policy, settings=["pixels.unexamined=release"], jobs=1)
    assert summary.exit_code == 0
    return folder / "out"
