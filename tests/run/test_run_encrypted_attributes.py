"""Encrypted Attributes: whoever has the private key gets the originals back from the object alone, nobody else does."""

from __future__ import annotations

import datetime
import subprocess
import sys
from pathlib import Path

import pydicom
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from pydicom.data import get_testdata_file
from pydicom.uid import ImplicitVRLittleEndian

from deidra.errors import PolicyError, UsageError
from deidra.policy.load import load_policy
from deidra.run.collection import run
from deidra.run.unseal import unseal
from deidra.run.vault_admin import create, log_of
from run import cloud

NEEDLES = (b"NEEDLE", b"19600102", b"20190405", b"ACC77", b"Referrer", b"1.2.999.")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key pairs of two recipients and a stranger: <name>.pem is the certificate, <name>.key key and certificate."""
    folder = tmp_path_factory.mktemp("keys")
    for name in ("first", "second", "stranger"):
        _pair(folder, name, rsa.generate_private_key(public_exponent=65537, key_size=2048))
    return folder


def _pair(folder: Path, name: str, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> None:
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    ).public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / f"{name}.pem").write_bytes(certificate)
    (folder / f"{name}.key").write_bytes(private + certificate)


@pytest.fixture(scope="module")
def sealed(keys: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Released objects that carry their originals: CT of two people, one in implicit VR, and a structure set."""
    folder = tmp_path_factory.mktemp("sealed")
    images = cloud.source(folder / "in")
    structures = cloud.structures(images[: cloud.SLICES])
    structures.IssuerOfPatientID = images[0].IssuerOfPatientID
    structures.SpecificCharacterSet = "ISO_IR 192"
    for gone in ("PatientIdentityRemoved", "DeidentificationMethod"):
        delattr(structures, gone)
    structures.save_as(folder / "in" / "1" / "rtstruct.dcm", enforce_file_format=True)
    path = folder / "in" / "2" / "1.dcm"
    implicit = pydicom.dcmread(path)
    implicit.file_meta.TransferSyntaxUID = ImplicitVRLittleEndian
    implicit.save_as(path, implicit_vr=True, little_endian=True)
    policy = folder / "policy.yaml"
    names = f"[{keys / 'first.pem'}, {keys / 'second.pem'}]"
    policy.write_text(
        f"extends: public-research\nname: sealed\noptions: [-clean-pixel-data]\n"
        f"encrypted_attributes: {{certificates: {names}}}\n"
    )
    done = run([folder / "in"], folder / "out", workspace=folder / "w", jobs=1, policy=policy)
    assert done.released == 2 * cloud.SLICES + 1
    return folder


def objects(folder: Path) -> list[pydicom.Dataset]:
    return [pydicom.dcmread(path) for path in sorted(folder.rglob("*.dcm"))]


def test_nothing_readable_leaves_besides_the_ciphertext(sealed: Path) -> None:
    for path in (sealed / "out").rglob("*.dcm"):
        content = path.read_bytes()
        assert not [needle for needle in NEEDLES if needle in content]
        released = pydicom.dcmread(path)
        (item,) = released.EncryptedAttributesSequence
        assert {element.keyword for element in item} == {"EncryptedContentTransferSyntaxUID", "EncryptedContent"}
        assert item.EncryptedContentTransferSyntaxUID == released.file_meta.TransferSyntaxUID


def test_an_independent_look_accuses_the_cipher_of_nothing_but_finds_what_is_not_enciphered(
    sealed: Path, tmp_path: Path
) -> None:
    def verify(out: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "deidra", "verify", str(out), "--workspace", str(sealed / "w")]
        command += ["--report", str(tmp_path / "report")]
        return subprocess.run(command, capture_output=True, text=True, check=False)

    assert verify(sealed / "out").returncode == 0
    name = "plain.dcm"
    (tmp_path / "out").mkdir()
    released = next(iter(objects(sealed / "out")))
    released.EncryptedAttributesSequence[0].EncryptedContent = b"0" * 700 + b"Needle^Anna NEEDLE77" + b"0" * 700
    released.save_as(tmp_path / "out" / name)
    found = verify(tmp_path / "out")
    assert found.returncode == 4
    assert "(0400,0520)" in found.stdout


@pytest.mark.parametrize("who", ["first", "second"])
def test_each_recipient_gets_the_objects_back_as_they_were(sealed: Path, keys: Path, tmp_path: Path, who: str) -> None:
    done = unseal([sealed / "out"], tmp_path / "home", key=keys / f"{who}.key")
    assert (done.refused, done.subjects, done.exit_code) == (0, 2, 0)
    originals = {one.SOPInstanceUID: one for one in objects(sealed / "in")}
    back = objects(tmp_path / "home")
    assert len(back) == len(originals)
    for one in back:
        original = originals[one.SOPInstanceUID]
        assert one.file_meta.MediaStorageSOPInstanceUID == one.SOPInstanceUID
        assert one.get("PixelData") == original.get("PixelData")
        assert "EncryptedAttributesSequence" not in one
        ours = {"PatientIdentityRemoved", "ContributingEquipmentSequence", "BurnedInAnnotation"}
        assert {element.keyword for element in one} - {element.keyword for element in original} <= ours
        for element in original:
            if element.VR != "SQ" and element.value not in ("", None) and element.tag.group != 0xFFFC:
                assert one[element.tag].value == element.value, element.keyword
        if one.Modality == "RTSTRUCT":
            references = {element.value for element in one.iterall() if element.tag == 0x00081155}
            assert references <= originals.keys() | {one.StudyInstanceUID}


def test_openssl_opens_it_too(sealed: Path, keys: Path, tmp_path: Path) -> None:
    released = objects(sealed / "out")[0]
    content = released.EncryptedAttributesSequence[0].EncryptedContent
    path = tmp_path / "envelope"
    path.write_bytes(content.rstrip(b"\0") if content[-1:] == b"\0" and len(content) % 2 == 0 else content)
    command = ["openssl", "cms", "-decrypt", "-inform", "DER", "-in", str(path), "-inkey", str(keys / "first.key")]
    try:
        done = subprocess.run(command, capture_output=True, check=False)
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
    assert done.returncode == 0, done.stderr
    assert b"NEEDLE" in done.stdout


def test_a_stranger_gets_nothing(sealed: Path, keys: Path, tmp_path: Path) -> None:
    done = unseal([sealed / "out"], tmp_path / "home", key=keys / "stranger.key")
    assert (done.restored, done.exit_code) == (0, 3)
    assert {row.code for row in done.results} == {"envelope-locked"}
    assert not list((tmp_path / "home").rglob("*.dcm"))


def test_damaged_or_foreign_envelopes_are_refused_one_by_one(sealed: Path, keys: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    first, second, third = objects(sealed / "out")[:3]
    content = first.EncryptedAttributesSequence[0].EncryptedContent
    first.EncryptedAttributesSequence[0].EncryptedContent = content[: len(content) // 4 * 2]
    second.EncryptedAttributesSequence[0].EncryptedContent = b"\x30\x80"
    del third.EncryptedAttributesSequence
    for number, one in enumerate((first, second, third)):
        one.save_as(tmp_path / "in" / f"{number}.dcm")
    (tmp_path / "in" / "3.txt").write_text("no object")
    done = unseal([tmp_path / "in"], tmp_path / "home", key=keys / "first.key")
    assert [row.code for row in done.results] == ["envelope-locked", "envelope-locked", "no-envelope", "not-dicom"]


def test_unusable_keys_are_refused_before_anything_is_written(sealed: Path, keys: Path, tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no key")
    for key, certificate in (
        (tmp_path / "text", None),
        (tmp_path / "missing", None),
        (keys / "first.pem", None),
        (keys / "first.key", keys / "second.pem"),
    ):
        with pytest.raises(UsageError) as refused:
            unseal([sealed / "out"], tmp_path / "home", key=key, certificate=certificate)
        assert refused.value.code == "key-unusable"
    assert not (tmp_path / "home").exists()


def test_the_access_goes_on_record_where_a_workspace_is_named(sealed: Path, keys: Path, tmp_path: Path) -> None:
    create(tmp_path / "w")
    unseal([sealed / "out"], tmp_path / "home", key=keys / "first.key", workspace=tmp_path / "w", reason="audit")
    (entry,) = [entry for entry in log_of(tmp_path / "w") if entry.action == "reidentify"]
    assert (entry.what, entry.reason) == ("encrypted attributes of 7 objects", "audit")


def test_a_policy_names_certificates_with_rsa_keys(keys: Path, tmp_path: Path) -> None:
    _pair(tmp_path, "curve", ec.generate_private_key(ec.SECP256R1()))
    _pair(tmp_path, "short", rsa.generate_private_key(public_exponent=65537, key_size=1024))  # noqa: S505
    for name in (tmp_path / "curve.pem", tmp_path / "short.pem", tmp_path / "missing.pem", keys / "first.key"):
        policy = tmp_path / "policy.yaml"
        policy.write_text(f"extends: basic\nname: sealed\nencrypted_attributes: {{certificates: [{name}]}}\n")
        if name.suffix == ".key":
            assert len(load_policy(str(policy)).encrypted_attributes.certificates) == 1
            continue
        with pytest.raises(PolicyError):
            load_policy(str(policy))


def test_who_wants_no_way_back_cannot_have_one(keys: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(
        "extends: basic\nname: sealed\nsubjects: {scheme: random}\n"
        f"encrypted_attributes: {{certificates: [{keys / 'first.pem'}]}}\n"
    )
    with pytest.raises(PolicyError) as refused:
        load_policy(str(policy))
    assert "no way back" in str(refused.value)


def test_the_commands_warn_and_undo(sealed: Path, keys: Path, tmp_path: Path) -> None:
    def call(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "deidra", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)

    shown = call("policy", "show", sealed / "policy.yaml")
    assert "advises against" in shown.stdout
    assert "advises against" not in call("policy", "show", "public-research").stdout
    done = call("vault", "reidentify", sealed / "out", "home", "--key", keys / "first.key")
    assert (done.returncode, done.stderr) == (0, "")
    assert "7 objects of 2 subjects" in done.stdout
    assert "NEEDLE" not in done.stdout


def test_an_object_without_recipients_carries_nothing(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    pydicom.dcmread(str(get_testdata_file("CT_small.dcm"))).save_as(tmp_path / "in" / "ct.dcm")
    run([tmp_path / "in"], tmp_path / "out", jobs=1, settings=["options=-clean-pixel-data"])
    assert all("EncryptedAttributesSequence" not in one for one in objects(tmp_path / "out"))
