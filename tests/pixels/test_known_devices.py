"""The list of known devices: what it holds, what it fills, and what it leaves alone."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import numpy as np
import pytest
from msgspec import structs
from pydicom import Dataset

import deidra
from deidra.formats.series_pixels import pixel_settings
from deidra.pixels.devices import Catalogue, Condition, device_regions
from deidra.pixels.image import Device
from deidra.pixels.known_devices import known_devices, known_devices_version
from deidra.pixels.text_regions import Settings, finders
from deidra.policy.compile import compile_policy
from deidra.policy.load import load_policy
from dicom.hard_objects import image
from pixels.drawn import layout

looks = pytest.mark.skipif(not finders(Settings()), reason="what looks for text in pixels is not installed")
CATALOGUE = Catalogue(known_devices())
IU22 = Device(manufacturer="Philips Medical Systems", model="iU22", modality="US")


def regions(device: Device, rows: int, columns: int) -> set[tuple[int, int, int, int]]:
    return {box for box, _ in device_regions(CATALOGUE, device, layout(rows, columns))}


def test_the_list_says_where_it_comes_from() -> None:
    file = json.loads(resources.files("deidra.pixels").joinpath("data", "known_devices.json").read_text())
    assert [source["name"] for source in file["sources"]] == ["CTP", "pydicom/deid"]
    assert all(len(source["sha256"]) == 64 and "commit" in source["origin"] for source in file["sources"])
    assert len(known_devices()) == 127
    assert known_devices_version().startswith("known devices ")


def single_tests(condition: Condition) -> list[Condition]:
    return [condition] if not condition.parts else [one for part in condition.parts for one in single_tests(part)]


def test_every_rule_names_a_model_or_a_manufacturer_with_a_size_and_fills_no_whole_picture() -> None:
    for rule in known_devices():
        tags = {test.tag for test in single_tests(rule.condition) if test.value}
        assert "00081090" in tags or ("00080070" in tags and tags & {"00280010", "00280011"})
        assert rule.boxes
        assert not rule.whole
        assert all(0 <= top < bottom and 0 <= left < right for top, left, bottom, right in rule.boxes)


def test_places_go_by_model_and_size() -> None:
    assert (0, 0, 47, 640) in regions(IU22, 480, 640)
    assert (0, 0, 75, 1024) in regions(IU22, 768, 1024)
    assert regions(IU22, 500, 640) == set()
    assert regions(structs.replace(IU22, model="iE33"), 480, 640) == set()


def test_pictures_of_no_named_device_are_left_alone() -> None:
    anybody = Device(manufacturer="ACME Imaging", model="Scanner 1", modality="US", image_type=("DERIVED", "SECONDARY"))
    for rows, columns in ((480, 640), (512, 512), (600, 800), (768, 1024), (860, 1132), (1024, 1024)):
        assert regions(anybody, rows, columns) == set()
        assert regions(structs.replace(anybody, manufacturer="GE", model=""), rows, columns) == set()


def test_places_end_with_the_picture() -> None:
    assert regions(IU22, 480, 400) == {(0, 0, 47, 400)}


def ultrasound(**more: Any) -> Dataset:
    ds = image("1.2.840.10008.5.1.4.1.1.6.1", Modality="US", ManufacturerModelName="iU22", **more)
    ds.Rows, ds.Columns, ds.BitsAllocated, ds.BitsStored, ds.HighBit = 480, 640, 8, 8, 7
    ds.PixelData = np.full((480, 640), 60, np.uint8).tobytes()
    return ds


@looks
@pytest.mark.parametrize(("setting", "filled"), [("fill", True), ("off", False)])
def test_a_policy_may_do_without(setting: str, filled: bool) -> None:
    released = deidra.deidentify(ultrasound(), settings=(f"pixels.known_devices={setting}",))
    pixels = np.frombuffer(released.dataset().PixelData, np.uint8).reshape(480, 640)
    assert (pixels[:47] == 0).all() == filled
    assert (pixels[47:] == 60).all()
    assert any("line" in edit.source and edit.rule == "clean-pixel-data:device" for edit in released.edits) == filled
    (look,) = [look for look in released.examinations if look.kind == "pixel-text"]
    assert ("known devices" in look.by) == filled


@pytest.mark.parametrize("setting", ["pixels.known_devices=on", "pixels.providers="])
def test_settings_that_mean_nothing_are_refused(setting: str) -> None:
    with pytest.raises(deidra.PolicyError):
        load_policy("public-research", (setting,))


def test_a_policy_is_the_same_whatever_searches() -> None:
    plain, other, less = (
        compile_policy(load_policy("public-research", settings)).digest
        for settings in ((), ("pixels.providers=CUDAExecutionProvider",), ("pixels.known_devices=off",))
    )
    assert plain == other != less


@looks
def test_providers_that_are_not_there_are_refused_before_a_run() -> None:
    with pytest.raises(deidra.UsageError, match=r"provider-missing.*NoSuchExecutionProvider.*CPUExecutionProvider"):
        pixel_settings(load_policy("public-research", ("pixels.providers=NoSuchExecutionProvider",)))
    with pytest.raises(deidra.UsageError, match="provider-missing"):
        deidra.deidentify(ultrasound(), settings=("pixels.providers=NoSuchExecutionProvider",))


@looks
def test_providers_reach_the_networks() -> None:
    named = ("AzureExecutionProvider", "CPUExecutionProvider")
    settings = pixel_settings(load_policy("public-research", (f"pixels.providers={','.join(named)}",)))
    assert settings is not None
    assert settings.sight.providers == named
