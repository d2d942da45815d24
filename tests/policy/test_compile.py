"""The compiled rules: options over the profile, the second layer, private elements, overrides."""

from __future__ import annotations

import itertools
import pickle

import msgspec
import pytest

from deidra.policy import temporal
from deidra.policy.compile import Rulebook, compile_policy
from deidra.policy.load import load_policy, presets
from deidra.policy.schema import Policy
from deidra.standard import confidentiality, dictionary

CODES = {"K", "X", "Z", "D", "U", "C", "X/Z", "X/D", "Z/D", "X/Z/D", "X/Z/U*"}
METHODS = {
    "", "pseudonym", "shift", "fixed-date", "age", "uid", "literal", "text", "code-meaning", "code-value",
}  # fmt: skip
METADATA_OPTIONS = confidentiality.OPTIONS[:7]
CONFLICT = "device-identity/modified-dates"
DATES = {0x00080020: "DA", 0x00080030: "TM", 0x0008002A: "DT"}


def book(*settings: str, policy: str = "basic") -> Rulebook:
    return compile_policy(load_policy(policy, settings))


def with_options(*options: str, winner: str = "fixed-dummy") -> Rulebook:
    return book(f"options={','.join(options)}", f"conflicts.{CONFLICT}={winner}")


def verdict(rulebook: Rulebook, keyword: str, path: tuple[int, ...] = ()) -> str:
    tag = dictionary.tag_of(keyword)
    assert tag is not None, keyword
    rule = rulebook.standard(tag, dictionary.vr(tag) or "", path)
    return f"{rule.code} {rule.method}".strip()


@pytest.mark.parametrize("name", presets())
def test_every_preset_compiles(name: str) -> None:
    rulebook = book(policy=name)
    assert rulebook.method_codes[0] == ("113100", "Basic Application Confidentiality Profile")
    assert len(rulebook.digest) == 64


@pytest.mark.parametrize("edition", confidentiality.EDITIONS)
def test_every_row_under_every_combination_of_options_has_a_rule_that_options_allow(edition: str) -> None:
    rows = confidentiality.edition(edition).rows
    for size in range(len(METADATA_OPTIONS) + 1):
        for options in itertools.combinations(METADATA_OPTIONS, size):
            if {"full-dates", "modified-dates"} <= set(options):
                continue
            rulebook = Rulebook(
                Policy("every", edition=edition, options=options, conflicts=((CONFLICT, "fixed-dummy"),))
            )
            for tag, row in rows.items():
                rule = rulebook.standard(tag, dictionary.vr(tag) or "")
                said = {row.options[option] for option in options if option in row.options}
                assert rule.code in CODES
                assert rule.method in METHODS
                assert rule.code != "K" or "K" in said, row.tag
                assert rule.code != "C" or "C" in said, row.tag
                assert rule.code in (row.basic, "K", "C") or rule.method == "pseudonym", row.tag
                if "K" in said and "C" not in said and rule.method != "pseudonym":
                    assert rule.code == "K", row.tag
                assert edition in rule.source


@pytest.mark.parametrize(
    ("keyword", "basic", "research"),
    [
        ("PatientName", "D pseudonym", "D pseudonym"),
        ("PatientID", "D pseudonym", "D pseudonym"),
        ("PatientBirthDate", "Z", "Z"),
        ("PatientBirthTime", "X", "X"),
        ("PatientAge", "X", "K age"),
        ("PatientSex", "Z", "K"),
        ("PatientComments", "X", "C text"),
        ("Allergies", "X", "C text"),
        ("StudyDate", "Z", "C shift"),
        ("StudyTime", "Z", "C shift"),
        ("TimezoneOffsetFromUTC", "X", "C shift"),
        ("DateOfLastCalibration", "X", "C fixed-date"),
        ("ContextGroupVersion", "D", "C fixed-date"),
        ("TemplateVersion", "X", "C fixed-date"),
        ("FrameOriginTimestamp", "D", "D"),
        ("CertifiedTimestamp", "X", "X"),
        ("StationName", "X/Z/D", "K"),
        ("StationAETitle", "X", "X"),
        ("DestinationAE", "D", "D"),
        ("DeviceUID", "U uid", "K"),
        ("SOPInstanceUID", "U uid", "U uid"),
        ("ReferencedSOPInstanceUID", "U uid", "U uid"),
        ("AnnotationGroupUID", "D uid", "D uid"),
        ("UID", "U uid", "U uid"),
        ("InstitutionName", "X/Z/D", "X/Z/D"),
        ("ReferencedImageSequence", "X/Z/U*", "X/Z/U*"),
        ("ContentSequence", "D", "C text"),
        ("StudyDescription", "X", "C text"),
        ("EncapsulatedDocument", "D", "D"),
        # the second layer
        ("Rows", "K", "K"),
        ("PixelData", "K", "K"),
        ("SliceThickness", "K", "K"),
        ("InstanceNumber", "K", "K"),
        ("Manufacturer", "K", "K"),
        ("SOPClassUID", "K", "K"),
        ("MultiFrameSourceSOPInstanceUID", "U uid", "U uid"),
        ("TrackingID", "X", "C text"),
        ("RetrieveURL", "X", "X"),
        ("CodeMeaning", "K code-meaning", "C code-meaning"),
        ("CodeValue", "K code-value", "C code-value"),
        ("CodingSchemeDesignator", "K coding-scheme", "C coding-scheme"),
        ("SecondaryReviewDate", "X", "C shift"),
        ("DateOfGainCalibration", "X", "C fixed-date"),
        ("PerFrameFunctionalGroupsSequence", "K", "K"),
    ],
)
def test_what_becomes_of_well_known_attributes(keyword: str, basic: str, research: str) -> None:
    assert verdict(book(), keyword) == basic
    assert verdict(book(policy="public-research"), keyword) == research


def test_full_dates_keep_every_listed_date_but_those_of_birth() -> None:
    rulebook = with_options("full-dates")
    assert verdict(rulebook, "StudyDate") == "K"
    assert verdict(rulebook, "ContextGroupVersion") == "K"
    assert verdict(rulebook, "SecondaryReviewDate") == "K"
    assert verdict(rulebook, "PatientBirthDate") == "Z"


def test_retained_uids_are_kept_wherever_they_stand() -> None:
    rulebook = with_options("uids")
    for keyword in ("SOPInstanceUID", "ReferencedSOPInstanceUID", "MultiFrameSourceSOPInstanceUID"):
        assert verdict(rulebook, keyword) == "K"
    # PS3.15 E.3.9: no K for these two.
    assert verdict(rulebook, "UID") == "U uid"
    assert verdict(rulebook, "DigitalSignatureUID") == "U uid"


@pytest.mark.parametrize(("winner", "expected"), [("fixed-dummy", "C fixed-date"), ("keep", "K")])
def test_the_stated_winner_decides_the_eleven_conflicting_rows(winner: str, expected: str) -> None:
    rulebook = with_options("device-identity", "modified-dates", winner=winner)
    tags = temporal.conflict_rows("2026c")
    assert len(tags) == 11
    for tag in tags:
        rule = rulebook.standard(tag, dictionary.vr(tag) or "")
        assert f"{rule.code} {rule.method}".strip() == expected
    assert any("in conflict" in text for text in rulebook.method_texts)


def test_no_date_of_a_thing_ever_takes_the_subjects_shift() -> None:
    rulebook = with_options("modified-dates")
    for tag in [*confidentiality.edition().rows, *dictionary.vr_table()]:
        if temporal.is_fixed("2026c", tag):
            assert rulebook.standard(tag, dictionary.vr(tag) or "").method != "shift", hex(tag)


@pytest.mark.parametrize("policy", presets())
@pytest.mark.parametrize("element", [0x0010, 0x0022, 0x0050, 0x1500, 0x3000, 0x4000, 0x0001])
def test_overlay_and_curve_groups_go_as_a_whole(policy: str, element: int) -> None:
    rulebook = book(*([] if policy == "basic" else ["options=-clean-graphics"]), policy=policy)
    for group in [*range(0x6000, 0x6020, 2), *range(0x5000, 0x5020, 2)]:
        rule = rulebook.standard(group << 16 | element, "US")
        assert rule.code == "X"
        assert rule.id in ("E.1-1:(60xx,3000)", "E.1-1:(60xx,4000)", "E.1-1:(50xx,xxxx)")


def test_what_nothing_is_known_of_is_removed() -> None:
    rulebook = book(policy="public-research")
    assert rulebook.standard(0x00101234, "DS").id == "unknown-attribute"
    assert rulebook.standard(0x60203000, "OW").code == "X"
    assert rulebook.standard(0x00191010, "DS").code == "X"


def test_an_attribute_that_only_a_later_edition_lists_is_still_protected() -> None:
    rule = book("edition=2023b").standard(0x0040E012, "UR")
    assert rule.code == "X"
    assert "PS3.15 2026c Table E.1-1 (0040,E012)" in rule.source


SAFE = "options=safe-private"
SIEMENS = ("SIEMENS MR HEADER", 0x0019, 0x0C)


def private(rulebook: Rulebook, element: tuple[str, int, int], vr: str, *, declared: bool = False) -> str:
    rule = rulebook.private(*element, vr, (), declared_safe=declared)
    return f"{rule.code} {rule.method}".strip() + " " + rule.id


def test_no_private_element_stays_without_the_option() -> None:
    assert private(book(), SIEMENS, "IS", declared=True) == "X private:basic-profile"


def test_safe_private_elements_stay_with_their_source() -> None:
    rulebook = book(SAFE)
    assert private(rulebook, SIEMENS, "IS") == "K private:standard"
    assert "Table E.3.10-1" in rulebook.private(*SIEMENS, "IS", (), declared_safe=False).source
    assert private(rulebook, ("ACME", 0x0019, 0x0C), "IS") == "X private:unlisted"
    assert private(rulebook, ("ACME", 0x0019, 0x0C), "IS", declared=True) == "K private:declared"
    assert private(book(SAFE, "private.sources=tcia-observed"), SIEMENS, "IS").endswith(":tcia-observed")
    assert private(book(SAFE, "private.sources="), SIEMENS, "IS") == "X private:unlisted"


def test_a_safe_private_element_is_safe_wherever_it_stands() -> None:
    rule = book(SAFE).private(*SIEMENS, "IS", (0x00081140, (0x0029, "ACME", 0x10)), declared_safe=False)
    assert rule.id == "private:standard"


@pytest.mark.parametrize(
    ("vr", "options", "expected"),
    [
        ("DS", "safe-private", "K"),
        ("FD", "safe-private", "K"),
        ("SQ", "safe-private", "K"),
        ("LO", "safe-private", "K"),
        ("LT", "safe-private", "K"),
        ("UI", "safe-private", "U uid"),
        ("UI", "safe-private,uids", "K"),
        ("DA", "safe-private", "X"),
        ("DA", "safe-private,full-dates", "K"),
        ("DT", "safe-private,modified-dates", "C shift"),
        ("TM", "safe-private,modified-dates", "C shift"),
        ("AS", "safe-private", "X"),
        ("AS", "safe-private,patient-characteristics", "K age"),
        ("PN", "safe-private", "X"),
        ("OB", "safe-private", "X"),
        ("OW", "safe-private", "X"),
        ("OF", "safe-private", "X"),
        ("UN", "safe-private", "X"),
        ("UR", "safe-private", "X"),
        ("AE", "safe-private", "X"),
    ],
)
def test_what_is_kept_of_a_safe_private_element_depends_on_its_vr(
    vr: str, options: str, expected: str
) -> None:
    found = private(book(f"options={options}"), ("ACME", 0x0019, 0x0C), vr, declared=True)
    assert found == f"{expected} private:declared"


def test_a_blob_says_why_it_goes() -> None:
    rule = book(SAFE).private("ACME", 0x0029, 0x10, "OB", (), declared_safe=True)
    assert "VR OB may hold anything" in rule.source


def test_one_observed_list_that_says_remove_outweighs_the_other() -> None:
    from deidra.standard import private_elements

    lists = [private_elements.safe_private(name).rows for name in ("tcia-kb", "tcia-observed")]
    key = next(
        key
        for key in lists[0]
        if "/" not in key
        and {lists[0][key], lists[1].get(key)} == {"keep", "remove"}
        and key not in private_elements.safe_private("standard").rows
    )
    group, creator, low = int(key[1:5], 16), key.split('"')[1], int(key[-3:-1], 16)
    assert private(book(SAFE), (creator, group, low), "DS").startswith("X private:tcia-")


def test_overrides_go_before_options_and_paths_before_plain_ones() -> None:
    rulebook = book(
        "attributes.StudyDescription=keep",
        "attributes.PatientSex=remove",
        "attributes.RequestedProcedureID=dummy",
        "attributes.RequestAttributesSequence/RequestedProcedureID=keep",
        'attributes.(0019,"SIEMENS MR HEADER",0C)=remove',
        'attributes.(0029,"ACME",10)=keep',
        'attributes.RequestAttributesSequence/(0029,"ACME",10)=remove',
        "attributes.PatientComments.replace=none",
        policy="public-research",
    )
    assert verdict(rulebook, "StudyDescription") == "K"
    assert verdict(rulebook, "PatientSex") == "X"
    assert verdict(rulebook, "RequestedProcedureID") == "D"
    assert verdict(rulebook, "RequestedProcedureID", (0x00400275,)) == "K"
    assert verdict(rulebook, "RequestedProcedureID", (0x00081140, 0x00400275)) == "D"
    assert private(rulebook, SIEMENS, "IS").startswith("X policy:")
    acme = ("ACME ", 0x0029, 0x10)
    assert rulebook.private(*acme, "OB", (), declared_safe=False).code == "K"
    assert rulebook.private(*acme, "OB", (0x00400275,), declared_safe=False).code == "X"
    rule = rulebook.standard(0x00104000, "LT")
    assert (rule.code, rule.method, rule.value, rule.id) == ("D", "literal", "none", "policy:PatientComments")


def test_an_override_of_a_vr_only_ever_tightens() -> None:
    plain, tight = (
        book(policy="public-research"),
        book("attributes.LO=remove", "attributes.DS=empty", policy="public-research"),
    )
    assert verdict(tight, "Manufacturer") == "X"
    assert verdict(tight, "SliceThickness") == "Z"
    assert verdict(tight, "PatientID") == "D pseudonym"
    assert verdict(tight, "StudyDate") == verdict(plain, "StudyDate")
    assert private(tight, SIEMENS, "LO").startswith("X policy:LO")


def test_a_kept_age_is_still_capped() -> None:
    assert verdict(book("attributes.PatientAge=keep"), "PatientAge") == "K age"


def test_claims_are_those_of_the_default_policy() -> None:
    rulebook = book(policy="public-research")
    assert rulebook.method_codes == (
        ("113100", "Basic Application Confidentiality Profile"),
        ("113103", "Clean Graphics Option"),
        ("113104", "Clean Structured Content Option"),
        ("113105", "Clean Descriptors Option"),
        ("113107", "Retain Longitudinal Temporal Information Modified Dates Option"),
        ("113108", "Retain Patient Characteristics Option"),
        ("113109", "Retain Device Identity Option"),
        ("113111", "Retain Safe Private Option"),
    )
    assert rulebook.temporal == "MODIFIED"
    texts = "\n".join(rulebook.method_texts)
    assert "a fixed dummy date" in texts
    assert "Pixel data not examined" in texts
    assert rulebook.digest[:16] in texts


@pytest.mark.parametrize("options", [(), ("uids",), ("full-dates",), METADATA_OPTIONS[:6]])
def test_method_texts_fit_their_vr(options: tuple[str, ...]) -> None:
    rulebook = with_options(*options)
    for text in rulebook.method_texts:
        assert 0 < len(text) <= 64
        assert text.isascii()
        assert "\\" not in text
    assert rulebook.temporal == ("UNMODIFIED" if "full-dates" in options else "REMOVED")
    assert len(rulebook.method_codes) == len(options) + 1


def test_an_option_is_not_claimed_when_an_override_breaks_it() -> None:
    rulebook = book("attributes.PatientSex=remove", "attributes.SeriesDate=remove", policy="public-research")
    values = [value for value, _ in rulebook.method_codes]
    assert values == ["113100", "113103", "113104", "113105", "113109", "113111"]
    assert "Retain Patient Characteristics not claimed: 1 rows overridden" in rulebook.method_texts


def test_the_profile_is_not_claimed_when_an_override_keeps_what_it_removes() -> None:
    rulebook = book("attributes.StudyDescription=keep", policy="public-research")
    assert "113100" not in dict(rulebook.method_codes)
    assert "Departs from the profile: keeps 1 attributes by policy" in rulebook.method_texts
    # Kept by an option anyway, or outside the table: no departure.
    same = book("attributes.PatientSex=keep", "attributes.SegmentLabel=keep", policy="public-research")
    assert "113100" in dict(same.method_codes)


def test_the_digest_covers_what_a_policy_does_and_not_its_name() -> None:
    policy = load_policy("public-research")
    renamed = msgspec.structs.replace(policy, name="other", title="Other")
    assert Rulebook(renamed).digest == Rulebook(policy).digest
    others = [
        "edition=2025e",
        "subjects.prefix=A",
        "attributes.Rows=keep",
        "pixels.unexamined=release",
        "options=-safe-private",
    ]
    digests = {book(setting, policy="public-research").digest for setting in others}
    assert len(digests | {Rulebook(policy).digest}) == len(others) + 1


def test_rules_are_remembered_and_the_memory_is_bounded() -> None:
    rulebook = Rulebook(load_policy("public-research"))
    assert rulebook.standard(0x00280010, "US") is rulebook.standard(0x00280011, "US")
    for number in range(70_000):
        rulebook.private(f"CREATOR {number}", 0x0019, 0x10, "LO")
    assert rulebook.private("CREATOR 1", 0x0019, 0x10, "LO").code == "X"


def test_a_rulebook_travels_to_workers_as_its_policy() -> None:
    rulebook = book(policy="public-research")
    assert pickle.loads(pickle.dumps(rulebook)) is rulebook  # noqa: S301 - our own bytes
