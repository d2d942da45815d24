"""Content items of structured reports: Table E.3.4-1 row by row, retired codes, and what the table does not list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deidra.standard.confidentiality import ContentRow, content_synonyms, structured_content
from dicom.report_kinds import KINDS, NUMBERS, ct_dose, measurements, verified
from dicom.reports import (
    CLEAN,
    COMPREHENSIVE,
    CONTAINS,
    INFERRED,
    OBS,
    ROOT,
    SELECTED,
    VALUES,
    Item,
    coded,
    content,
    dataset,
    encoded,
    items,
    one,
    read,
    released,
    released_bytes,
    report,
)

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

ROWS = structured_content()
DAY = "20240311"
PLAIN = {
    "TEXT": "Liver, Zzneedlename",
    "PNAME": "Qqother^Zz",
    "DATE": DAY,
    "TIME": "101010",
    "DATETIME": f"{DAY}101010",
    "UIDREF": f"{ROOT}.55",
    "CODE": "F DCM Female",
    "NUM": "44 a",
    "IMAGE": 1,
    "COMPOSITE": 1,
    "WAVEFORM": 1,
    "CONTAINER": None,
}
DUMMIES = {
    "TEXT": "REMOVED",
    "PNAME": "REMOVED^",
    "DATE": "19000101",
    "TIME": "000000",
    "DATETIME": "19000101000000",
}
OPTIONS = {
    "none": (),
    "public-research": ("modified-dates", "patient-characteristics", "device-identity", "clean-descriptors"),
    "dates": ("full-dates",),
    "all": ("uids", "device-identity", "institution-identity", "patient-characteristics", "modified-dates"),
}


def listed(row: ContentRow) -> Dataset:
    item = content(CONTAINS, row.value_type, "x", PLAIN[row.value_type])
    item.ConceptNameCodeSequence = [coded(row.code, row.scheme)]
    return item


def key(row: ContentRow) -> tuple[str, str, str]:
    return row.code, row.scheme, row.value_type


@pytest.fixture(scope="module", params=OPTIONS)
def outcome(request: pytest.FixtureRequest) -> tuple[tuple[str, ...], dict[tuple[str, str, str], Item]]:
    """Options, and what is left of a report with one item for each row of the table."""
    options = ("clean-structured-content", *OPTIONS[request.param])
    ds = report(COMPREHENSIVE, "126000 DCM Report", *map(listed, ROWS))
    settings = f"options=[{', '.join(options)}]"
    left = items(read(released(ds, settings).data))
    return options, {(*item.concept, item.value_type): item for item in left}


def test_items_go_when_the_table_says_so_and_no_option_keeps_or_cleans_them(outcome):
    options, left = outcome
    gone = {key(row) for row in ROWS if row.basic == "X" and not set(options) & set(row.options)}
    assert {key(row) for row in ROWS} - left.keys() == gone
    assert gone


def test_what_stays_without_an_option_is_a_dummy_of_its_value_type(outcome):
    options, left = outcome
    for row in ROWS:
        if key(row) in left and not set(options) & set(row.options):
            value = left[key(row)].value
            if row.value_type == "UIDREF":
                assert value.startswith("2.25."), row
            elif row.value_type in VALUES:
                assert value == DUMMIES[row.value_type], row


def test_what_an_option_keeps_or_cleans_is_kept_or_cleaned(outcome):
    options, left = outcome
    seen = set()
    for row in ROWS:
        done = {code for option, code in row.options.items() if option in options}
        if not done:
            continue
        value = left[key(row)].value
        if row.value_type in ("DATE", "DATETIME"):
            kept = value == PLAIN[row.value_type]
            assert kept == ("K" in done), row
            assert value not in DUMMIES.values(), row
        elif row.value_type == "UIDREF":
            assert value == f"{ROOT}.55", row
        elif row.value_type == "TEXT" and "K" not in done:
            assert value == "Liver", row
        seen |= done
    assert seen <= {"K", "C"}


@pytest.mark.parametrize(("other", "current"), content_synonyms().items())
def test_retired_codes_and_codes_of_the_same_meaning_are_known(other, current):
    (row, *_) = [row for row in ROWS if (row.code, row.scheme) == current]
    item = listed(row)
    item.ConceptNameCodeSequence = [coded(*other)]
    ds = report(COMPREHENSIVE, "126000 DCM Report", item)
    edits = released(ds, "options=[clean-structured-content]", policy="basic").edits
    rule = f"E.3.4-1:{row.code},{row.scheme},{row.value_type}"
    if row.value_type in VALUES or row.basic == "X":
        (edit,) = [edit for edit in edits if edit.rule == rule]
        assert f"({row.code}, {row.scheme}) {row.value_type} {row.basic}" in edit.source


def test_an_equivalent_code_counts_as_the_code_itself() -> None:
    item = content(CONTAINS, "TEXT", "77-1 99LOCAL Number", "liver")
    item.ConceptNameCodeSequence[0].EquivalentCodeSequence = [coded("121022")]
    ds = report(COMPREHENSIVE, "126000 DCM Report", item, content(CONTAINS, "TEXT", "121106 DCM Comment", "liver"))
    assert [item.value for item in items(read(released(ds).data))] == ["liver"]


def test_a_long_code_value_and_any_case_of_the_scheme_are_understood() -> None:
    items_given = [content(CONTAINS, "TEXT", "121022 dcm Accession", "liver") for _ in range(2)]
    name = items_given[0].ConceptNameCodeSequence[0]
    del name.CodeValue
    name.LongCodeValue = "121022"
    ds = report(COMPREHENSIVE, "126000 DCM Report", *items_given, content(CONTAINS, "TEXT", "121106 DCM X", "liver"))
    assert [item.concept[0] for item in items(read(released(ds).data))] == ["121106"]


@pytest.mark.parametrize("value_type", ["TEXT", "NUM", "PNAME", ""])
def test_an_identifier_does_not_stay_by_calling_itself_something_else(value_type):
    value = {"NUM": "4711007 1", "": None}.get(value_type, "ZZ4711007")
    item = content(CONTAINS, value_type, "121022 DCM Accession", value)
    if not value_type:
        item.TextValue = "ZZ4711007"
        del item.ValueType
    ds = report(
        COMPREHENSIVE, "126000 DCM Report", item, content(CONTAINS, "CODE", "121005 DCM T", "121006 DCM Person")
    )
    assert [item.concept[0] for item in items(read(released(ds).data))] == ["121005"]


def test_texts_and_names_that_the_table_does_not_list_are_cleaned() -> None:
    ds = report(
        COMPREHENSIVE,
        "126000 DCM Report",
        content(CONTAINS, "TEXT", "121073 DCM Impression", "Nodule in the liver of Zzneedlename"),
        content(CONTAINS, "PNAME", "121094 DCM Contact", "Qqother^Zz"),
        content(CONTAINS, "DATE", "55-1 LN Day", DAY),
        content(CONTAINS, "UIDREF", "121139 DCM Something", f"{ROOT}.9"),
        content(CONTAINS, "UIDREF", "121139 DCM Something", "1.2.840.10008.5.1.4.1.1.2"),
    )
    values = [item.value for item in items(read(released(ds).data))]
    assert values[0] == "Nodule in the liver of"
    assert values[1] == "REMOVED^"
    assert values[2] not in (DAY, "19000101")
    assert values[3].startswith("2.25.")
    assert values[4] == "1.2.840.10008.5.1.4.1.1.2"


@pytest.mark.parametrize("options", ["", "clean-descriptors", "clean-structured-content"])
@pytest.mark.parametrize("name", KINDS)
def test_no_needle_is_found_in_a_report_of_any_kind(name, options):
    data = released_bytes(encoded(KINDS[name]()), "basic", f"options=[{options}]")
    lower = data.lower()
    assert [needle for needle in (b"zz", b"qq", *(n.lower().encode() for n in NUMBERS)) if needle in lower] == []


@pytest.mark.parametrize("name", KINDS)
def test_no_needle_but_the_device_is_found_where_the_device_may_be_known(name):
    ds = read(released_bytes(encoded(KINDS[name]()), "public-research", CLEAN))
    for item in items(ds):
        if item.concept[0] in ("121012", "121013", "121016"):
            assert item.value in (f"{ROOT}.81", "ZZCTSTATION1", "ZZSN990017")
            del item.item[VALUES[item.value_type]]
    lower = encoded(ds).lower()
    assert [needle for needle in (b"zz", b"qq", *(n.lower().encode() for n in NUMBERS)) if needle in lower] == []


@pytest.mark.parametrize("undefined", [False, True])
@pytest.mark.parametrize("implicit", [False, True])
@pytest.mark.parametrize("name", KINDS)
def test_numbers_and_public_codes_are_identical(name, implicit, undefined):
    source = encoded(KINDS[name](), implicit=implicit, undefined=undefined)
    before, after = (facts(read(data)) for data in (source, released_bytes(source, "public-research", CLEAN)))
    assert after == before
    assert len(after) > 2 or name == "key-objects"


def facts(ds: Dataset) -> list[tuple[object, ...]]:
    """What a report says in numbers and codes, without what the table takes away under these options."""
    found: list[tuple[object, ...]] = []
    for item in items(ds):
        if item.value_type == "NUM" and item.item.MeasuredValueSequence[0].NumericValue != 92:
            value = item.item.MeasuredValueSequence[0]
            unit = value.MeasurementUnitsCodeSequence[0]
            found.append((item.concept, value["NumericValue"].value.original_string, code_of(unit)))
        if item.value_type == "CODE":
            name, value = item.item.ConceptNameCodeSequence[0], item.item.ConceptCodeSequence[0]
            found += [code_of(code) for code in (name, value) if not code.CodingSchemeDesignator.startswith("99")]
    return found


def code_of(code: Dataset) -> tuple[str, str]:
    return str(code.CodeValue), str(code.CodingSchemeDesignator)


def test_an_age_over_89_goes_and_one_of_days_stays() -> None:
    ages = ("89 a", "90 a", "120 mo", "30000 d", "33000 d", "92 1")
    ds = report(COMPREHENSIVE, "126000 DCM Report", *(content(OBS, "NUM", "121033 DCM Age", age) for age in ages))
    left = items(read(released(ds).data))
    assert [str(item.item.MeasuredValueSequence[0].NumericValue) for item in left] == ["89", "120", "30000"]


def test_evidence_and_content_refer_to_the_same_instances() -> None:
    ds = read(released(measurements()).data)
    series = ds.CurrentRequestedProcedureEvidenceSequence[0].ReferencedSeriesSequence[0]
    evidence = {sop.ReferencedSOPInstanceUID for sop in series.ReferencedSOPSequence}
    used = {
        item.item.ReferencedSOPSequence[0].ReferencedSOPInstanceUID
        for item in items(ds)
        if "ReferencedSOPSequence" in item.item
    }
    assert used
    assert used <= evidence
    assert all(uid.startswith("2.25.") for uid in evidence)


def test_the_verifying_observer_is_a_dummy_and_the_report_stays_verified() -> None:
    ds = read(released(verified()).data)
    assert ds.VerificationFlag == "VERIFIED"
    (observer,) = ds.VerifyingObserverSequence
    assert observer.VerifyingObserverName == "REMOVED^"
    assert observer.VerifyingOrganization == "REMOVED"
    assert observer.VerificationDateTime
    assert "AuthorObserverSequence" not in ds
    assert "ParticipantSequence" not in ds
    (earlier,) = ds.PredecessorDocumentsSequence
    assert earlier.StudyInstanceUID == ds.StudyInstanceUID == ds.ReferencedRequestSequence[0].StudyInstanceUID


def test_edits_name_the_item_the_row_and_the_standard() -> None:
    edits = released(ct_dose()).edits
    by_rule = {edit.rule: edit for edit in edits}
    gone = by_rule["E.3.4-1:113605,DCM,TEXT"]
    assert gone.action == "remove"
    assert gone.locator.startswith("dcm:(0040,A730)[")
    assert gone.locator.endswith("]")
    assert gone.source.startswith("PS3.15 2026c Table E.3.4-1 (113605, DCM) TEXT X")
    dummy = by_rule["E.3.4-1:113870,DCM,PNAME"]
    assert dummy.action == "dummy"
    assert dummy.locator.endswith("]/(0040,A123)")
    cleaned = by_rule["E.3.4-1:125203,DCM,TEXT"]
    assert cleaned.action == "clean"
    assert cleaned.source.endswith("Clean Descriptors C")
    assert not [edit for edit in edits if "zz" in str(edit).lower()]


def test_a_report_whose_whole_content_goes_gets_a_dummy_and_a_container_may_be_empty() -> None:
    number = content(OBS, "TEXT", "121022 DCM Accession", "ZZACC240311")
    ds = read(released(report(COMPREHENSIVE, "126000 DCM Report", number)).data)
    (dummy,) = ds.ContentSequence
    assert (dummy.RelationshipType, dummy.ValueType) == ("HAS CONCEPT MOD", "CODE")
    nested = content(CONTAINS, "CONTAINER", "121070 DCM Findings", None, number)
    ds = read(released(report(COMPREHENSIVE, "126000 DCM Report", nested)).data)
    assert one(ds, "121070").value_type == "CONTAINER"
    assert "ContentSequence" not in ds.ContentSequence[0]


def test_an_override_of_a_value_attribute_wins_over_the_table() -> None:
    ds = report(COMPREHENSIVE, "126000 DCM Report", content(OBS, "TEXT", "121022 DCM Accession", "77"))
    data = released(ds, CLEAN, "attributes.TextValue=dummy").data
    assert one(read(data), "121022").value == "REMOVED"


def test_local_codes_stay_apart_and_say_nothing() -> None:
    names = ("MEAS_LVIDd 99ZZCLINIC LVID", "MEAS_LVIDs 99ZZCLINIC LVID", "MEAS_LVIDd 99ZZCLINIC LVID")
    ds = report(COMPREHENSIVE, "126000 DCM Report", *(content(CONTAINS, "NUM", name, "4 mm") for name in names))
    first, second, third = (item.concept for item in items(read(released(ds).data)))
    assert first == third != second
    assert first[1] == second[1]
    assert first[1].startswith("99")
    assert not {"MEAS_LVIDd", "99ZZCLINIC"} & {*first, *second}


@pytest.mark.parametrize(
    ("code", "scheme"), [("ACUI", "IBSI"), ("R-FFFAB", "SRT"), ("mm2/s", "UCUM"), ("de-CH", "RFC5646"), ("M", "DCM")]
)
def test_public_codes_without_a_digit_stay(code, scheme):
    ds = report(COMPREHENSIVE, "126000 DCM Report", content(CONTAINS, "CODE", "121049 DCM X", f"{code} {scheme} Liver"))
    value = items(read(released(ds).data))[0].item.ConceptCodeSequence[0]
    assert code_of(value) == (code, scheme)


def test_whoever_is_called_like_a_value_type_does_not_break_the_tree() -> None:
    ds = report(COMPREHENSIVE, "126000 DCM Report", content(CONTAINS, "PNAME", "121094 DCM X", "Text^Contains"))
    ds.PatientName, ds.ReferringPhysicianName = "Name^Code", "Image^Num"
    item = items(read(released(ds).data))[0]
    assert (item.value_type, item.value, item.item.RelationshipType) == ("PNAME", "REMOVED^", "CONTAINS")


def test_numbers_of_templates_and_context_groups_stay() -> None:
    ds = report(COMPREHENSIVE, "126000 DCM Report", content(CONTAINS, "CODE", "121049 DCM X", "27550009 SCT Liver"))
    ds.ContentTemplateSequence = [dataset(MappingResource="DCMR", TemplateIdentifier="11020")]
    ds.ContentSequence[0].ConceptCodeSequence[0].ContextIdentifier = "12002"
    after = read(released(ds).data)
    assert after.ContentTemplateSequence[0].TemplateIdentifier == "11020"
    assert after.ContentSequence[0].ConceptCodeSequence[0].ContextIdentifier == "12002"


def test_coordinates_keep_the_image_that_they_are_in() -> None:
    region = content(INFERRED, "SCOORD", "121055 DCM Path", None, content(SELECTED, "IMAGE", "121200 DCM X", 1))
    region.GraphicType, region.GraphicData = "POINT", [1.5, 2.5]
    size = content(CONTAINS, "NUM", "103339001 SCT X", "4 mm", region, content(INFERRED, "IMAGE", "121200 DCM X", 2))
    left = items(read(released(report(COMPREHENSIVE, "126000 DCM Report", size)).data))
    assert [(item.position, item.value_type) for item in left] == [
        ((1, 1), "NUM"),
        ((1, 1, 1), "SCOORD"),
        ((1, 1, 1, 1), "IMAGE"),
    ]
    assert left[2].item.ReferencedSOPSequence[0].ReferencedSOPInstanceUID.startswith("2.25.")
