"""Presentation states of every kind that can be built, full of graphics, and words where people type them."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import highdicom as hd
import numpy as np
from pydicom import dcmread
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = "1.2.826.0.1.3680043.8.498.4711.70"
PATIENT, PATIENT_ID = "Zzneedlename^Qqfirst", "ZZNEEDLEID77"
CLEAN_TEXTS = ("Lesion 12 mm", "R", "Series 3 Image 4")
POINTS = np.array([[1.5, 2.25], [30.0, 40.125], [60.5, 80.0], [1.5, 2.25]])


def ct() -> Dataset:
    """An image of the person, for presentation states to refer to."""
    ds = dcmread(get_testdata_file("CT_small.dcm"))
    ds.PatientName, ds.PatientID = PATIENT, PATIENT_ID
    return ds


def text(words: str, **more: object) -> Dataset:
    """A text object."""
    return hd.pr.TextObject(
        text_value=words,
        units=hd.pr.AnnotationUnitsValues.PIXEL,
        bounding_box=(10.5, 12.25, 60.0, 30.5),
        **more,
    )


def graphic(kind: str, points: np.ndarray, **more: object) -> Dataset:
    """A graphic object."""
    return hd.pr.GraphicObject(
        graphic_type=hd.pr.GraphicTypeValues(kind),
        graphic_data=points,
        units=hd.pr.AnnotationUnitsValues.PIXEL,
        **more,
    )


def graphics() -> list[Dataset]:
    """One of each kind (PS3.3 C.10.5.1.2)."""
    return [
        graphic("POINT", POINTS[:1], tracking_id="Lesion 1", tracking_uid=f"{ROOT}.50"),
        graphic("POLYLINE", POINTS, is_filled=True),
        graphic("INTERPOLATED", POINTS),
        graphic("CIRCLE", np.array([[20.0, 20.0], [25.5, 20.0]])),
        graphic("ELLIPSE", np.array([[5.0, 10.0], [15.0, 10.0], [10.0, 8.0], [10.0, 12.5]])),
    ]


def compound(tick: str) -> Dataset:
    """An axis with labels at its ticks (PS3.3 C.10.5.1.4)."""
    ds = Dataset()
    ds.CompoundGraphicInstanceID, ds.CompoundGraphicType = 1, "AXIS"
    ds.CompoundGraphicUnits, ds.GraphicDimensions, ds.NumberOfGraphicPoints = "PIXEL", 2, 2
    ds.GraphicData = [0.0, 0.0, 50.5, 60.25]
    ds.TickAlignment, ds.TickLabelAlignment, ds.ShowTickLabel = "CENTER", "TOP", "Y"
    ds.MajorTicksSequence = Sequence([Dataset(), Dataset()])
    for at, label, item in zip((0.25, 0.75), ("10 mm", tick), ds.MajorTicksSequence, strict=True):
        item.TickPosition, item.TickLabel = at, label
    return ds


def words_for(mark: Callable[[str], str]) -> dict[str, object]:
    """What people type into a presentation state; `mark` makes a text that must not stay of the name of its place."""
    layer = hd.pr.GraphicLayer("LAYER1", order=1, description=mark("layer description"))
    named = hd.pr.GraphicLayer("ZZNEEDLENAME", order=2, description="Measurements")
    mixed = [text(words) for words in (*CLEAN_TEXTS, f"Lesion {mark('text')} 8 mm")]
    first = hd.pr.GraphicAnnotation([ct()], layer, graphic_objects=graphics(), text_objects=mixed)
    first.CompoundGraphicSequence = Sequence([compound("Zzneedlename")])
    second = hd.pr.GraphicAnnotation([ct()], named, text_objects=[text(mark("text alone"))])
    third = hd.pr.GraphicAnnotation(
        [ct()], named, graphic_objects=graphics()[:1], text_objects=[text(mark("text beside graphic"))]
    )
    return {
        "content_label": "ZZNEEDLENAME",
        "content_description": f"Key findings {mark('content description')}",
        "content_creator_name": "Xxneedleother^Jjsecond",
        "graphic_layers": [layer, named],
        "graphic_annotations": [first, second, third],
        "graphic_groups": [
            hd.pr.GraphicGroup(1, label="Lesion", description=mark("group description")),
            hd.pr.GraphicGroup(2, label=mark("group label")),
        ],
    }


def common(number: int) -> dict[str, object]:
    """Arguments that all presentation states of highdicom share."""
    return {
        "referenced_images": [ct()],
        "series_instance_uid": f"{ROOT}.2",
        "series_number": 9,
        "sop_instance_uid": f"{ROOT}.3.{number}",
        "instance_number": number,
        "manufacturer": "ACME Imaging",
        "manufacturer_model_name": "Reader",
        "software_versions": "1.0",
        "device_serial_number": "4711",
    }


def grayscale(mark: Callable[[str], str]) -> Dataset:
    """Grayscale Softcopy Presentation State."""
    return _quietly(lambda: hd.pr.GrayscaleSoftcopyPresentationState(**common(1), **words_for(mark)))


def palette() -> hd.PaletteColorLUTTransformation:
    """Colours for an image in grey."""
    colours = np.arange(256, dtype=np.uint16) * 256
    return hd.PaletteColorLUTTransformation(
        *(hd.PaletteColorLUT(0, colours, name) for name in ("red", "green", "blue"))
    )


def pseudo_colour(mark: Callable[[str], str]) -> Dataset:
    """Pseudo-Color Softcopy Presentation State."""
    return _quietly(
        lambda: hd.pr.PseudoColorSoftcopyPresentationState(
            **common(2), **words_for(mark), palette_color_lut_transformation=palette()
        )
    )


def advanced_blending(mark: Callable[[str], str]) -> Dataset:
    """Advanced Blending Presentation State."""
    shown = [hd.pr.AdvancedBlending([ct()], n, palette_color_lut_transformation=palette()) for n in (1, 2)]
    display = hd.pr.BlendingDisplay("EQUAL", [hd.pr.BlendingDisplayInput(number) for number in (1, 2)])
    more = {"blending": shown, "blending_display": [display]}
    return _quietly(lambda: hd.pr.AdvancedBlendingPresentationState(**common(3), **words_for(mark), **more))


def colour(mark: Callable[[str], str]) -> Dataset:
    """Color Softcopy Presentation State: the grayscale one in colour, which refers to no image in grey."""
    ds = grayscale(mark)
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.11.2"
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"{ROOT}.3.4"
    del ds.PresentationLUTShape
    return ds


def volumetric(mark: Callable[[str], str]) -> Dataset:
    """Grayscale Planar MPR Volumetric Presentation State, as far as its annotations go."""
    ds = colour(mark)
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.11.6"
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"{ROOT}.3.5"
    annotation, several, alone = Dataset(), Dataset(), Dataset()
    annotation.GraphicLayer, annotation.AnnotationClipping = "LAYER1", "NO"
    annotation.GraphicData, annotation.GraphicType = [1.5, 2.5, 3.5], "POINT"
    annotation.TextObjectSequence = Sequence([_box(mark("volumetric"))])
    several.GraphicLayer, several.VolumetricPresentationInputIndex = "LAYER1", 1
    several.TextObjectSequence = Sequence([_box(CLEAN_TEXTS[0]), _box(mark("input annotation"))])
    alone.GraphicLayer, alone.VolumetricPresentationInputIndex = "LAYER1", 2
    alone.TextObjectSequence = Sequence([_box(mark("input annotation alone"))])
    ds.VolumetricAnnotationSequence = Sequence([annotation])
    ds.VolumetricPresentationInputAnnotationSequence = Sequence([several, alone])
    return ds


def structured_display(mark: Callable[[str], str]) -> Dataset:
    """Basic Structured Display with text boxes, as far as these go."""
    ds = grayscale(mark)
    for keyword in (
        "GraphicAnnotationSequence",
        "GraphicLayerSequence",
        "GraphicGroupSequence",
        "PresentationLUTShape",
    ):
        delattr(ds, keyword)
    ds.SOPClassUID = ds.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.131"
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"{ROOT}.3.6"
    ds.StructuredDisplayTextBoxSequence = Sequence([_text_box(CLEAN_TEXTS[0]), _text_box(mark("text box"))])
    ds.HangingProtocolName, ds.HangingProtocolDescription = "CHEST", f"Chest {mark('hanging description')}"
    ds.HangingProtocolCreator = mark("hanging creator")
    return ds


def _box(words: str) -> Dataset:
    ds = Dataset()
    ds.UnformattedTextValue, ds.BoundingBoxTopLeftHandCorner = words, [1.0, 2.0]
    ds.BoundingBoxBottomRightHandCorner, ds.BoundingBoxTextHorizontalJustification = [3.0, 4.0], "LEFT"
    return ds


def _text_box(words: str) -> Dataset:
    ds = Dataset()
    ds.UnformattedTextValue, ds.BoundingBoxTextHorizontalJustification = words, "LEFT"
    ds.DisplayEnvironmentSpatialPosition = [0.0, 0.0, 1.0, 1.0]
    return ds


def _quietly(make: Callable[[], Dataset]) -> Dataset:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return make()


PRESENTATIONS = (grayscale, pseudo_colour, advanced_blending, colour, volumetric, structured_display)
