"""Device rules: which apply, where they blank, and what is read of the scripts of other tools."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deidra.errors import PolicyError
from deidra.pixels.device_scripts import from_ctp, from_deid
from deidra.pixels.devices import Catalogue, Condition, Rule, device_regions, holds, needed_tags, outside, screen_kind
from deidra.pixels.image import Device, UltrasoundRegion
from pixels.drawn import layout

SCANNER = Device(
    "ACME Medical", "Sono 9", ("4.1",), "US", "1.2.840.10008.5.1.4.1.1.6.1", ("ORIGINAL", "PRIMARY"),
    attributes={"0008103E": "Dose Report"},
)  # fmt: skip

CTP = """A script with words between.
 Sono, first size
  { Modality.equals("US") * [0008,0070].containsIgnoreCase("acme") * ( Rows.equals("480") + Rows.equals("600") ) }
  (0,0,640,40) (600, 440, 40, 40)
 Dose
  { [0008,103e].containsIgnoreCase("dose report") * ![0008,0060].equals("CT") }
  (10,0,512,110)
"""


def test_ctp_scripts_blank_where_their_signatures_hold() -> None:
    catalogue = from_ctp(CTP, "site.script")
    assert len(catalogue.rules) == 2
    found = device_regions(catalogue, SCANNER, layout(480, 640))
    assert found == [((0, 0, 40, 640), "site.script:3"), ((440, 600, 480, 640), "site.script:3"),
                     ((0, 10, 110, 522), "site.script:6")]  # fmt: skip
    assert [name for _, name in device_regions(catalogue, SCANNER, layout(500, 640))] == ["site.script:6"]
    assert needed_tags(catalogue) == {"0008103E"}


def test_equals_of_ctp_tells_case_and_the_other_tests_do_what_they_say() -> None:
    values = {"00080070": "ACME Medical", "00081030": ""}
    for expression, expected in (
        ('Manufacturer.equals("ACME Medical")', True), ('Manufacturer.equals("acme medical")', False),
        ('Manufacturer.equalsIgnoreCase("acme medical")', True), ('Manufacturer.startsWith("ACME")', True),
        ('Manufacturer.endsWith("ACME")', False), ('Manufacturer.matches("AC.E.*")', True),
        ('StudyDescription.isBlank()', True), ('Manufacturer.exists()', True), ('Modality.exists()', False),
        ('true', True), ('false', False), ('!Manufacturer.contains("X") * !Modality.exists()', True),
        ('Modality.exists() + Manufacturer.exists() * StudyDescription.exists()', True),
    ):  # fmt: skip
        (rule,) = from_ctp(f"{{ {expression} }} (0,0,1,1)", "one").rules
        assert holds(rule.condition, values) is expected, expression


@pytest.mark.parametrize(
    "script",
    [
        '{ Modality.equals("US") * } (0,0,1,1)',
        '{ Modality.sounds("US") } (0,0,1,1)',
        '{ Nothing.equals("x") } (0,0,1,1)',
        '{ Modality.equals("US") }',
        '{ Modality.equals("US")',
        "{ (Modality.exists() } (0,0,1,1)",
        "{ 1 + 1 } (0,0,1,1)",
        "{ * } (0,0,1,1)",
        "{ Modality.exists() Modality.exists() } (0,0,1,1)",
        '{ Modality.matches("(") } (0,0,1,1)',
        "{ " + "(" * 100 + "Modality.exists()" + ")" * 100 + " } (0,0,1,1)",
    ],
)
def test_ctp_signatures_that_are_not_understood_are_reported(script: str) -> None:
    with pytest.raises(PolicyError) as caught:
        from_ctp(script, "site.script")
    assert caught.value.problems[0].startswith("site.script:1: ")


@given(st.text(alphabet='{}()*+!."[]Modality,0123 \n', max_size=80))
def test_any_ctp_script_is_read_or_reported(script: str) -> None:
    with contextlib.suppress(PolicyError):
        assert isinstance(from_ctp(script, "any"), Catalogue)


DEID = """FORMAT dicom
%filter graylist
LABEL Sono # who
  contains Manufacturer acme|other
  + equals Rows 480|600
  ctpcoordinates 0,0,640,40
LABEL Corner
  notcontains Modality CT|MR || missing Modality
  coordinates 10,20,30,40
LABEL flag only
  contains BurnedInAnnotation YES
%header
REMOVE PatientName
"""


def test_deid_recipes_blank_where_their_entries_hold() -> None:
    catalogue = from_deid(DEID, "deid.dicom")
    assert device_regions(catalogue, SCANNER, layout(480, 640)) == [
        ((0, 0, 40, 640), "deid.dicom:3"),
        ((20, 10, 40, 30), "deid.dicom:7"),
    ]
    assert len(device_regions(catalogue, SCANNER, layout(481, 640))) == 1


def test_deid_recipes_that_keep_ultrasound_regions_blank_the_rest() -> None:
    recipe = """%filter graylist
LABEL Blank
  coordinates all
LABEL Regions
  present SequenceOfUltrasoundRegions
  keepcoordinates from:SequenceOfUltrasoundRegions
"""
    catalogue = from_deid(recipe, "us")
    assert [box for box, _ in device_regions(catalogue, SCANNER, layout(100, 200))] == [(0, 0, 100, 200)]
    sono = Device(us_regions=(UltrasoundRegion((20, 30, 90, 180), 1, 1),))
    mask = np.zeros((100, 200), bool)
    for (top, left, bottom, right), _ in device_regions(catalogue, sono, layout(100, 200)):
        mask[top:bottom, left:right] = True
    assert not mask[20:90, 30:180].any()
    assert mask.sum() == 100 * 200 - 70 * 150


@pytest.mark.parametrize(
    "line", ["sounds Modality US", "contains Nothing x", "coordinates 1,2,3", "contains", "contains Modality ("]
)
def test_deid_lines_that_are_not_understood_are_reported(line: str) -> None:
    with pytest.raises(PolicyError) as caught:
        from_deid(f"%filter graylist\nLABEL one\n  {line}\n  coordinates 0,0,1,1\n", "recipe")
    assert caught.value.problems == [caught.value.problems[0]]
    assert caught.value.problems[0].startswith("recipe:3: ")


@given(
    st.lists(
        st.tuples(*[st.integers(-5, 30)] * 4).map(
            lambda b: (min(b[0], b[2]), min(b[1], b[3]), max(b[0], b[2]), max(b[1], b[3]))
        ),
        max_size=4,
    )
)
def test_what_is_outside_is_everything_else(inside: list[tuple[int, int, int, int]]) -> None:
    mask = np.zeros((20, 25), bool)
    for top, left, bottom, right in inside:
        mask[max(top, 0) : max(bottom, 0), max(left, 0) : max(right, 0)] = True
    count = np.zeros((20, 25), int)
    for top, left, bottom, right in outside(tuple(inside), 20, 25):
        count[max(top, 0) : bottom, max(left, 0) : right] += 1
    assert np.array_equal(count, (~mask).astype(int))


def test_screens_are_told_from_pictures_and_blanked_when_asked_for() -> None:
    assert screen_kind(Device(image_type=("DERIVED", "SECONDARY", "SCREEN SAVE"))) == "screen"
    assert screen_kind(Device(image_type=("DERIVED", "SECONDARY", "OTHER", "CT_SOM5 DOSE"))) == "dose report"
    assert screen_kind(Device(modality="CT", sop_class_uid="1.2.840.10008.5.1.4.1.1.7")) == "screen"
    assert screen_kind(SCANNER) == ""
    screen = Device(image_type=("DERIVED", "SECONDARY", "SCREEN SAVE"))
    assert device_regions(Catalogue(), screen, layout(8, 9)) == []
    assert device_regions(Catalogue(blanks_screens=True), screen, layout(8, 9)) == [((0, 0, 8, 9), "screen")]


def test_rules_outside_the_picture_add_nothing() -> None:
    rule = Rule("far", Condition("true"), ((500, 500, 600, 600), (-5, -5, 3, 3)))
    assert device_regions(Catalogue((rule,)), SCANNER, layout(100, 100)) == [((0, 0, 3, 3), "far")]
