"""Archives are opened as if somebody hostile had made them."""

from __future__ import annotations

import io
import stat
import struct
import tarfile
import zipfile
from pathlib import Path

import pytest

from deidra.errors import Rejected
from deidra.formats.archive import Limits, Member, kind_of, unpack

TAR_MODES = {"tar": "w", "tar.gz": "w:gz", "tar.bz2": "w:bz2", "tar.xz": "w:xz"}


def make_zip(path: Path, members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def make_tar(path: Path, members: dict[str, bytes], mode: str = "w") -> Path:
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def unpacked(path: Path, folder: Path, limits: Limits | None = None) -> list[Member]:
    return list(unpack(str(path), kind_of(str(path)), folder, limits))


def contents(members: list[Member]) -> dict[str, bytes]:
    return {member.name: Path(member.path).read_bytes() for member in members if not member.code}


def codes(members: list[Member]) -> dict[str, str]:
    return {member.name: member.code for member in members if member.code}


MEMBERS = {"a/1.dcm": b"first" * 100, "a/2.dcm": b"second", "b": b"\0" * 3000}


def test_a_zip_gives_its_members_back_under_numeric_names_that_only_the_owner_reads(tmp_path: Path) -> None:
    members = unpacked(make_zip(tmp_path / "x.bin", MEMBERS), tmp_path / "spool")
    assert contents(members) == MEMBERS
    files = list((tmp_path / "spool").iterdir())
    assert all(file.name.isdigit() for file in files)
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE((tmp_path / "spool").stat().st_mode) == 0o700


@pytest.mark.parametrize("kind", sorted(TAR_MODES))
def test_every_kind_of_tar_is_known_by_its_content_and_gives_its_members_back(kind: str, tmp_path: Path) -> None:
    path = make_tar(tmp_path / "no-suffix", MEMBERS, TAR_MODES[kind])
    assert kind_of(str(path)) == kind
    assert contents(unpacked(path, tmp_path / "spool")) == MEMBERS


def test_what_is_no_archive_is_not_taken_for_one(tmp_path: Path) -> None:
    path = tmp_path / "scan.zip"
    for content in (b"", b"PK", b"plain text", b"\x1f\x8b broken", bytes(4000)):
        path.write_bytes(content)
        assert kind_of(str(path)) == ""


def test_an_office_document_is_one_input_although_it_is_a_zip(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "letter.docx", {"[Content_Types].xml": b"<x/>", "word/document.xml": b"<y/>"})
    assert kind_of(str(path)) == ""


@pytest.mark.parametrize("name", ["../evil", "a/../../evil", "/etc/evil", "C:\\evil", "..\\evil", "\\evil"])
def test_names_that_point_outside_are_refused_in_a_zip_and_in_a_tar(name: str, tmp_path: Path) -> None:
    for number, make in enumerate((make_zip, make_tar)):
        path = make(tmp_path / f"x{number}", {name: b"evil", "good": b"good"})
        members = unpacked(path, tmp_path / "spool" / str(number))
        assert list(codes(members).values()) == ["member-unsafe-path"]
        assert contents(members) == {"good": b"good"}
    assert not list(tmp_path.glob("**/evil"))


def test_links_and_devices_in_a_tar_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    with tarfile.open(path, "w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE):
            info = tarfile.TarInfo(f"member{kind.decode()}")
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        info = tarfile.TarInfo("folder")
        info.type = tarfile.DIRTYPE
        archive.addfile(info)
    members = unpacked(path, tmp_path / "spool")
    assert [member.code for member in members] == ["member-not-a-file"] * 4
    assert list((tmp_path / "spool").iterdir()) == []


def test_a_symbolic_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("link")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(info, "/etc/passwd")
    assert codes(unpacked(path, tmp_path / "spool")) == {"link": "member-not-a-file"}


def test_an_encrypted_member_is_refused_and_the_others_come_out(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "x.zip", {"secret": b"s" * 50, "open": b"o"}, zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    members = unpacked(path, tmp_path / "spool")
    assert codes(members) == {"secret": "member-encrypted"}
    assert contents(members) == {"open": b"o"}


def test_a_member_with_a_wrong_checksum_is_refused_and_leaves_nothing_behind(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "x.zip", {"bad": b"bad" * 50, "good": b"good"}, zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    content[content.index(b"badbad")] ^= 1
    path.write_bytes(content)
    members = unpacked(path, tmp_path / "spool")
    assert codes(members) == {"bad": "member-damaged"}
    assert contents(members) == {"good": b"good"}
    assert len(list((tmp_path / "spool").iterdir())) == 1


def test_a_member_packed_by_an_unknown_method_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "x.zip", {"odd": b"odd"}, zipfile.ZIP_STORED)
    content = bytearray(path.read_bytes())
    struct.pack_into("<H", content, content.index(b"PK\x01\x02") + 10, 97)
    struct.pack_into("<H", content, 8, 97)
    path.write_bytes(content)
    assert codes(unpacked(path, tmp_path / "spool")) == {"odd": "member-unsupported"}


@pytest.mark.parametrize("kind", ["zip", "tar.gz", "tar.bz2", "tar.xz"])
def test_a_bomb_is_stopped_early_and_what_it_wrote_of_the_member_is_gone(kind: str, tmp_path: Path) -> None:
    bomb = {"zeros": bytes(30 << 20)}
    path = tmp_path / "bomb"
    made = make_zip(path, bomb) if kind == "zip" else make_tar(path, bomb, TAR_MODES[kind])
    limits = Limits(ratio=100, ratio_free_bytes=4 << 20)
    with pytest.raises(Rejected, match="archive-bomb"):
        unpacked(made, tmp_path / "spool", limits)
    assert list((tmp_path / "spool").iterdir()) == []


def test_a_bomb_inside_a_refused_member_is_stopped_as_well(tmp_path: Path) -> None:
    path = make_tar(tmp_path / "bomb", {"../zeros": bytes(30 << 20), "next": b""}, "w:xz")
    with pytest.raises(Rejected, match="archive-bomb"):
        unpacked(path, tmp_path / "spool", Limits(ratio=100, ratio_free_bytes=4 << 20))


def test_empty_images_that_shrink_a_thousand_to_one_are_no_bomb(tmp_path: Path) -> None:
    members = {f"slice{number}": bytes(500_000) for number in range(20)}
    path = make_zip(tmp_path / "x.zip", members)
    assert path.stat().st_size * 500 < 20 * 500_000
    assert contents(unpacked(path, tmp_path / "spool")) == members


def test_more_members_than_allowed_are_refused(tmp_path: Path) -> None:
    members = {str(number): b"x" for number in range(20)}
    for number, make in enumerate((make_zip, make_tar)):
        path = make(tmp_path / f"x{number}", members)
        with pytest.raises(Rejected, match="archive-too-large"):
            unpacked(path, tmp_path / "spool" / str(number), Limits(members=10))


def test_a_zip_whose_directory_alone_would_fill_the_memory_is_refused_before_it_is_loaded(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "x.zip", {"a": b"a"})
    content = bytearray(path.read_bytes())
    struct.pack_into("<L", content, content.index(b"PK\x05\x06") + 12, 0x7FFFFFFF)
    path.write_bytes(content)
    with pytest.raises(Rejected, match="archive-too-large"):
        unpacked(path, tmp_path / "spool")


def test_a_tar_header_that_declares_gigabytes_is_not_read_into_memory(tmp_path: Path) -> None:
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 6 << 30
    path = tmp_path / "x.tar"
    path.write_bytes(info.tobuf(tarfile.USTAR_FORMAT) + bytes(4096))
    with pytest.raises(Rejected, match="absurdly long header"):
        unpacked(path, tmp_path / "spool")


def test_more_than_there_is_room_for_is_refused(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "x.zip", {"a": bytes(range(256)) * 100})
    with pytest.raises(Rejected, match="archive-too-large"):
        unpacked(path, tmp_path / "spool", Limits(spare_disk_bytes=1 << 60))


@pytest.mark.parametrize("kind", ["zip", *TAR_MODES])
def test_a_truncated_archive_says_so_at_every_length_and_never_raises_anything_else(kind: str, tmp_path: Path) -> None:
    whole_path = tmp_path / "whole"
    whole = make_zip(whole_path, MEMBERS) if kind == "zip" else make_tar(whole_path, MEMBERS, TAR_MODES[kind])
    content = whole.read_bytes()
    # A tar ends with more zeros than it needs; those may go.
    end = sum(1024 + len(data) // 512 * 512 for data in MEMBERS.values()) if kind == "tar" else len(content) - 9
    for number, length in enumerate(range(1, end, max(1, end // 25))):
        path = tmp_path / f"cut{number}"
        path.write_bytes(content[:length])
        found = kind_of(str(path))
        if not found:
            continue
        with pytest.raises(Rejected, match=r"archive-(damaged|empty)"):
            list(unpack(str(path), found, tmp_path / "spool" / str(number)))


def test_a_tar_with_a_broken_header_in_the_middle_does_not_pass_for_a_shorter_one(tmp_path: Path) -> None:
    path = make_tar(tmp_path / "x.tar", {"first": b"1" * 512, "second": b"2" * 512, "third": b"3" * 512})
    content = bytearray(path.read_bytes())
    content[content.index(b"second")] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(Rejected, match="archive-damaged"):
        unpacked(path, tmp_path / "spool")


def test_an_archive_without_members_is_rejected_not_forgotten(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="archive-empty"):
        unpacked(make_zip(tmp_path / "x.zip", {}), tmp_path / "spool")


def test_the_same_name_twice_is_two_inputs(tmp_path: Path) -> None:
    path = tmp_path / "x.tar"
    with tarfile.open(path, "w") as archive:
        for content in (b"one", b"two"):
            info = tarfile.TarInfo("same")
            info.size = 3
            archive.addfile(info, io.BytesIO(content))
    assert contents(unpacked(path, tmp_path / "spool")) == {"same": b"one", "same#2": b"two"}


def test_a_zip_cut_behind_an_inner_zip_does_not_pass_for_the_inner_one(tmp_path: Path) -> None:
    inner = make_zip(tmp_path / "inner.zip", {"deep": b"deep"}).read_bytes()
    path = make_zip(tmp_path / "x.zip", {"first": b"first", "inner.zip": inner}, zipfile.ZIP_STORED)
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(Rejected, match="archive-damaged"):
        unpacked(path, tmp_path / "spool")


def test_a_zip64_gives_its_members_back(tmp_path: Path) -> None:
    path = make_zip(tmp_path / "x.zip", MEMBERS)
    content = path.read_bytes()
    end = content.index(b"PK\x05\x06")
    count, directory_bytes, directory_at = struct.unpack_from("<10xHLL", content, end)
    record = struct.pack("<4sQHHLLQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, directory_bytes, directory_at)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, end, 1)
    last = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    path.write_bytes(content[:end] + record + locator + last)
    assert contents(unpacked(path, tmp_path / "spool")) == MEMBERS
