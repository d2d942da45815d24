"""Registered UIDs, SOP classes and transfer syntaxes."""

from __future__ import annotations

import pytest
from pydicom._uid_dict import UID_dictionary
from pydicom.uid import AllTransferSyntaxes

from deidra.standard import uids


def test_every_uid_of_pydicom_is_registered_under_its_name() -> None:
    for uid, entry in UID_dictionary.items():
        assert uids.is_registered(uid)
        assert uids.uid_name(uid) == entry[0]


def test_the_28_well_known_frames_of_reference_are_registered() -> None:
    frames = [uid for uid, entry in UID_dictionary.items() if entry[1] == "Well-known frame of reference"]
    assert len(frames) == 28
    assert all(map(uids.is_registered, frames))
    assert uids.uid_name("1.2.840.10008.1.4.1.1") == "Talairach Brain Atlas Frame of Reference"
    assert uids.is_registered("1.2.840.10008.15.1.1")  # UTC


def test_context_groups_are_registered_and_padding_does_not_matter() -> None:
    assert uids.is_registered("1.2.840.10008.6.1.1")
    assert uids.is_registered("1.2.840.10008.6.1.1359")
    assert uids.is_registered("1.2.840.10008.5.1.4.1.1.2\0")


@pytest.mark.parametrize(
    "uid",
    [
        "",
        "2.25.329800735698586629295641978511506172918",
        "1.2.840.10008",
        "1.2.840.10008.5.1.4.1.1.2.20240131.77",  # an instance UID under a root that is not its maker's
        "1.2.840.10008.6.1.1.5",
        "1.2.840.10008.6.1.20240131",
        "1.2.840.10008.6.1.",
        "1.2.840.113619.2.1",
    ],
)
def test_uids_that_may_name_an_instance_are_not_registered(uid: str) -> None:
    assert not uids.is_registered(uid)


def test_storage_sop_classes() -> None:
    assert uids.is_storage_sop_class("1.2.840.10008.5.1.4.1.1.2")
    assert uids.is_storage_sop_class("1.2.840.10008.5.1.4.1.1.3")  # retired
    assert uids.is_storage_sop_class("1.2.840.10008.5.1.4.1.1.66.8")  # newer than pydicom
    assert uids.sop_class_name("1.2.840.10008.5.1.4.1.1.66.8") == "Height Map Segmentation"
    assert uids.sop_class_name("1.2.840.10008.5.1.4.1.1.2") == "CT Image Storage"
    assert not uids.is_storage_sop_class("1.2.840.10008.1.20.1")  # Storage Commitment
    assert not uids.is_storage_sop_class("1.2.840.10008.1.1")  # Verification


def test_private_sop_classes() -> None:
    assert uids.is_private_sop_class("1.3.12.2.1107.5.9.1")
    assert not uids.is_private_sop_class("1.2.840.10008.5.1.4.1.1.2")


def test_transfer_syntaxes_are_those_of_pydicom() -> None:
    for syntax in AllTransferSyntaxes:
        ours = uids.transfer_syntax(syntax)
        if "SMPTE" in syntax.name:  # no file
            assert ours is None
            continue
        assert ours is not None
        assert ours.name == syntax.name
        assert ours.implicit == syntax.is_implicit_VR
        assert ours.big_endian == (not syntax.is_little_endian)
        if "JPIP" not in syntax.name:
            assert ours.deflated == syntax.is_deflated
            assert ours.encapsulated == syntax.is_encapsulated


def test_transfer_syntaxes_where_the_standard_is_asked_instead() -> None:
    referenced = uids.transfer_syntax("1.2.840.10008.1.2.4.95")
    assert referenced is not None
    assert (referenced.deflated, referenced.encapsulated) == (True, False)
    papyrus = uids.transfer_syntax("1.2.840.10008.1.20")
    assert papyrus is not None
    assert (papyrus.implicit, papyrus.encapsulated) == (True, False)
    assert uids.transfer_syntax("1.2.840.10008.1.2.6.2") is None  # XML
    assert uids.transfer_syntax("1.2.840.113619.5.2") is None
    assert uids.transfer_syntax("1.2.840.10008.1.2\0") == uids.transfer_syntax("1.2.840.10008.1.2")
