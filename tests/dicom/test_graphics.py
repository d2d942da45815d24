"""Annotations of presentation states under Clean Graphics: words are cleaned, everything drawn stays as it is."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from pydicom.sequence import Sequence
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian

from conformance import findings
from dicom import graphic_objects
from dicom.graphic_objects import CLEAN_TEXTS, PATIENT, PATIENT_ID, PRESENTATIONS, ct, text
from dicom.graphic_release import content, introduced, needles, released
from peers import peer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from pydicom.dataset import Dataset

# What is drawn, and how (PS3.3 C.10.5): never to change
_DRAWN = (
    "GraphicData", "GraphicType", "GraphicFilled", "GraphicDimensions", "NumberOfGraphicPoints", "TickPosition",
    "BoundingBoxTopLeftHandCorner", "BoundingBoxBottomRightHandCorner", "CompoundGraphicType", "GraphicLayerOrder",
)  # fmt: skip


def mark(place: str) -> str:
    return f"{PATIENT.replace('^', ' ')} {PATIENT_ID}"


def plain(place: str) -> str:
    return "Lesion"


def elements(ds: Dataset, path: str = "") -> Iterator[tuple[str, Any]]:
    """(path of keywords, value) of every element that is no sequence."""
    for element in ds:
        if element.VR == "SQ":
            for number, item in enumerate(element.value):
                yield from elements(item, f"{path}{element.keyword}[{number}]/")
        else:
            yield path + element.keyword, element.value


def drawn(ds: Dataset, path: str = "") -> list[tuple[str, Any]]:
    return [(path, value) for path, value in elements(ds, path) if path.rsplit("/")[-1] in _DRAWN]


def texts(ds: Dataset) -> list[str]:
    return [str(value) for path, value in elements(ds) if path.endswith("UnformattedTextValue")]


@pytest.mark.parametrize("make", PRESENTATIONS)
def test_no_needle_stays_in_any_text_of_a_presentation_state(
    make: Callable[[Callable[[str], str]], Dataset], tmp_path: Path
) -> None:
    (out,) = released(tmp_path, content(make(mark)))
    assert needles(out.path) == []
    assert CLEAN_TEXTS[0] in texts(out.ds)


@pytest.mark.parametrize("make", PRESENTATIONS)
def test_a_presentation_state_without_names_keeps_every_graphic_and_word(
    make: Callable[[Callable[[str], str]], Dataset], tmp_path: Path
) -> None:
    before = make(plain)
    (out,) = released(tmp_path, content(before))
    assert drawn(out.ds) == drawn(before)
    assert texts(out.ds) == texts(before)


@pytest.mark.peer
@pytest.mark.parametrize("make", PRESENTATIONS)
def test_validators_find_nothing_new(make: Callable[[Callable[[str], str]], Dataset], tmp_path: Path) -> None:
    (out,) = released(tmp_path, content(make(mark)))
    dciodvfy, dcmpschk = peer("dciodvfy"), peer("dcmpschk")
    assert introduced(dciodvfy, tmp_path / "in" / "0.dcm", out.path) == []
    checked = subprocess.run((dcmpschk, out.path), capture_output=True, text=True)
    assert checked.returncode == 0
    assert "Test passed" in checked.stdout + checked.stderr


@pytest.mark.peer
def test_the_released_state_still_renders_the_released_image(tmp_path: Path) -> None:
    state = graphic_objects.grayscale(mark)
    shown, words = released(tmp_path, content(ct()), content(state))
    dcmp2pgm = peer("dcmp2pgm")
    before, after = tmp_path / "before.pgm", tmp_path / "after.pgm"
    pairs = ((tmp_path / "in" / "0.dcm", tmp_path / "in" / "1.dcm", before), (shown.path, words.path, after))
    for picture, presentation, target in pairs:
        done = subprocess.run((dcmp2pgm, "-p", presentation, picture, target), capture_output=True)
        assert done.returncode == 0
    assert before.read_bytes() == after.read_bytes()


def test_words_go_and_measures_stay(tmp_path: Path) -> None:
    (out,) = released(tmp_path, content(graphic_objects.grayscale(mark)))
    assert texts(out.ds) == [*CLEAN_TEXTS, "Lesion 8 mm"]
    (ruler,) = out.ds.GraphicAnnotationSequence[0].CompoundGraphicSequence
    assert [tick.TickLabel for tick in ruler.MajorTicksSequence] == ["10 mm", "REMOVED"]
    assert out.ds.ContentDescription == "Key findings"
    assert out.ds.GraphicGroupSequence[0].GraphicGroupLabel == "Lesion"


def test_a_text_object_without_text_goes_with_all_that_it_leaves_empty(tmp_path: Path) -> None:
    before = graphic_objects.grayscale(mark)
    (out,) = released(tmp_path, content(before))
    mixed, text_alone, beside = before.GraphicAnnotationSequence
    first, second = out.ds.GraphicAnnotationSequence
    assert drawn(first) == drawn(mixed)
    assert drawn(second) == drawn(beside.GraphicObjectSequence[0], "GraphicObjectSequence[0]/")
    assert texts(text_alone) == texts(beside) == [mark("")]
    assert "TextObjectSequence" not in second
    assert ("dcm:(0070,0001)[1]/(0070,0008)", "remove") in out.done
    assert ("dcm:(0070,0001)", "clean") in out.done


def test_annotations_of_names_alone_leave_a_valid_state_without_any(tmp_path: Path) -> None:
    state = graphic_objects.grayscale(mark)
    del state.GraphicAnnotationSequence[2], state.GraphicAnnotationSequence[0]
    (out,) = released(tmp_path, content(state))
    assert "GraphicAnnotationSequence" not in out.ds
    assert len(out.ds.GraphicLayerSequence) == 2
    verdict = findings.object_verdict(peer("dciodvfy"), out.path)
    assert [str(finding) for finding in verdict.findings if "Graphic" in str(finding)] == []


def test_a_layer_named_like_a_person_has_the_same_new_name_wherever_it_is_named(tmp_path: Path) -> None:
    state = graphic_objects.grayscale(mark)
    state.add_new((0x6000, 0x1001), "CS", "ZZNEEDLENAME")
    (out,) = released(tmp_path, content(state), find_text=lambda _: ())
    first, second = (layer.GraphicLayer for layer in out.ds.GraphicLayerSequence)
    assert first == "LAYER1"
    assert second.startswith("LAYER")
    assert second != first
    assert [annotation.GraphicLayer for annotation in out.ds.GraphicAnnotationSequence] == [first, second]
    assert out.ds[0x6000, 0x1001].value == second


def test_two_layers_named_like_persons_stay_two(tmp_path: Path) -> None:
    state = graphic_objects.grayscale(mark)
    for layer, name in zip(state.GraphicLayerSequence, ("ZZNEEDLENAME", "XXNEEDLEOTHER"), strict=True):
        layer.GraphicLayer = name
    (out,) = released(tmp_path, content(state))
    assert len({layer.GraphicLayer for layer in out.ds.GraphicLayerSequence}) == 2


def test_without_the_option_a_dummy_annotation_stands_in(tmp_path: Path) -> None:
    options = "options=modified-dates,clean-descriptors"
    (out,) = released(tmp_path, content(graphic_objects.grayscale(mark)), settings=(options,))
    assert texts(out.ds) == ["REMOVED"]
    assert needles(out.path) == []


def test_the_option_alone_keeps_what_is_drawn_and_replaces_texts_as_their_row_says(tmp_path: Path) -> None:
    before = graphic_objects.grayscale(mark)
    (out,) = released(tmp_path, content(before), settings=("options=clean-graphics",))
    assert drawn(out.ds) == drawn(before)
    assert set(texts(out.ds)) == {"REMOVED"}
    assert out.ds.GraphicGroupSequence[0].GraphicGroupLabel == "Lesion"
    assert needles(out.path) == []


def test_states_of_one_series_come_out_as_each_does_alone(tmp_path: Path) -> None:
    states = []
    for number, words in enumerate(("R", "L", "Lesion 3 mm", mark(""), "Lesion 3 mm", mark(""), "R")):
        state = graphic_objects.grayscale(plain)
        state.SOPInstanceUID = state.file_meta.MediaStorageSOPInstanceUID = f"{graphic_objects.ROOT}.9.{number}"
        state.GraphicAnnotationSequence[1].TextObjectSequence = Sequence([text(words)])
        states.append(content(state))
    together = released(tmp_path / "together", *states)
    for number, state in enumerate(states):
        (alone,) = released(tmp_path / f"alone{number}", state)
        assert together[number].path.read_bytes() == alone.path.read_bytes()
        assert together[number].done == alone.done


@pytest.mark.parametrize("vr", ["LT", "UT", "OB", "UN"])
def test_a_text_in_another_representation_is_cleaned_or_goes(vr: str, tmp_path: Path) -> None:
    state = graphic_objects.grayscale(plain)
    item = state.GraphicAnnotationSequence[1].TextObjectSequence[0]
    del item.UnformattedTextValue
    value = mark("").encode() + b" "
    item.add_new(0x00700006, vr, value if vr in ("OB", "UN") else value.decode())
    (out,) = released(tmp_path, content(state))
    assert needles(out.path) == []


def test_text_that_cannot_be_read_goes(tmp_path: Path) -> None:
    state = graphic_objects.grayscale(plain)
    raw = content(state).replace(b"Lesion 12 mm", b"Lesion\x8112\xffmm")
    (out,) = released(tmp_path, raw)
    assert texts(out.ds)[:2] == ["R", "Series 3 Image 4"]


def test_a_thousand_annotations_are_ordinary_work(tmp_path: Path) -> None:
    state = graphic_objects.grayscale(plain)
    words = Sequence([text(f"{mark('')} {number} mm") for number in range(1000)])
    state.GraphicAnnotationSequence[1].TextObjectSequence = words
    (out,) = released(tmp_path, content(state))
    assert needles(out.path) == []
    assert texts(out.ds.GraphicAnnotationSequence[1]) == [f"{number} mm" for number in range(1000)]


def _undefined(ds: Dataset) -> None:
    """Sequences and items of undefined length, at every depth."""
    for element in ds:
        if element.VR == "SQ":
            element.is_undefined_length = True
            for item in element.value:
                item.is_undefined_length_sequence_item = True
                _undefined(item)


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian])
@pytest.mark.parametrize("undefined", [True, False])
def test_the_encoding_makes_no_difference(syntax: str, undefined: bool, tmp_path: Path) -> None:
    state = graphic_objects.grayscale(mark)
    (plainly,) = released(tmp_path / "plain", content(state))
    if undefined:
        _undefined(state)
    state.file_meta.TransferSyntaxUID = syntax
    (out,) = released(tmp_path / "other", content(state))
    assert needles(out.path) == []
    assert list(elements(out.ds)) == list(elements(plainly.ds))
