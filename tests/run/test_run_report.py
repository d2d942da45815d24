"""The report is one self-contained page that says what was done and what was not, with everything escaped."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest

from deidra.run import wording
from deidra.run.aggregate import ActionRow, ExaminationRow, KindRow, ReasonRow, attribute_name, general_locator
from deidra.run.job import About
from deidra.run.report_html import bar, page
from deidra.run.summarise import Report
from run.standin import build, run, write_collection

VOID = {"meta", "rect", "br"}


class Checker(HTMLParser):
    """Collects tags and attributes, and insists that every element is closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def checked(html: str) -> Checker:
    checker = Checker()
    checker.feed(html)
    assert checker.open == []
    return checker


def report(**changes: object) -> Report:
    about = About("p", "t", "d", "2026c", ("uids",), ("m",), "hold", {"deidra": "1"})
    values: dict[str, object] = {
        "schema": "s",
        "released": 3,
        "held": 2,
        "rejected": 1,
        "started": "2026-01-02T03:04:05+00:00",
        "seconds": 4000.0,
        "about": about,
        "examinations": [ExaminationRow("pixel-text", 0, 3, ("not searched",)), ExaminationRow("metadata", 3, 0, ())],
        "kinds": [KindRow("CT", "CT Image Storage", 3, 2, 1, 10**9, 10**9)],
        "reasons": [ReasonRow("held", "code", "why", 2, ("dcm:(0008,0018)",), 4)],
        "actions": [ActionRow("dcm:(0010,0010)", "Patient's Name", "empty", "rule", "PS3.15", 3)],
    }
    return Report(**(values | changes))  # type: ignore[arg-type]


def test_the_page_is_whole_and_takes_nothing_from_elsewhere() -> None:
    checker = checked(page(report()))
    assert "script" not in checker.tags
    assert {name for name, _ in checker.attributes}.isdisjoint({"src", "href", "onclick", "onload", "srcset"})
    assert "url(" not in page(report())
    assert "@import" not in page(report())


def test_the_page_says_what_was_not_examined_before_anything_else_it_says_of_examinations() -> None:
    text = " ".join(" ".join(checked(page(report())).text).split())
    assert "3 of 6 objects released, 2 held and 1 rejected" in text
    assert text.index("Not examined") < text.index("Text in pixels") < text.index("Attributes")
    assert "released all the same" not in text


def test_a_gap_that_the_policy_opened_stays_visible() -> None:
    about = About("p", "t", "d", "2026c", (), (), "release", {})
    assert "released all the same" in page(report(about=about))


def test_everything_that_is_shown_is_escaped() -> None:
    evil = "<img src=x onerror=alert(1)>&\"'"
    about = About(evil, evil, evil, evil, (evil,), (evil,), "hold", {evil: evil})
    html = page(
        report(
            about=about,
            examinations=[ExaminationRow("faces", 0, 1, (evil,)), ExaminationRow("metadata", 1, 0, (evil,))],
            kinds=[KindRow(evil, evil, 1, 1, 1, 1, 1)],
            reasons=[ReasonRow("held", evil, evil, 1, (evil,), 1)],
            actions=[ActionRow(evil, evil, "remove", evil, evil, 1)],
        )
    )
    assert "<img" not in html
    assert "img" not in checked(html).tags
    assert html.count("&lt;img") >= 14


@pytest.mark.parametrize(
    "changes",
    [
        {"released": 0, "held": 0, "rejected": 1, "examinations": [], "actions": []},
        {"held": 0, "rejected": 0, "reasons": [], "kinds": []},
        {"released": 1, "held": 0, "rejected": 0},
        {"released": 10**7, "held": 1, "rejected": 1},
    ],
)
def test_the_page_is_whole_for_all_sorts_of_runs(changes: dict[str, object]) -> None:
    checked(page(report(**changes)))


def test_one_held_object_among_a_million_can_be_seen_in_the_bar() -> None:
    assert 'class="warn" x="1000.0" width="4.0"' in bar((("good", 10**6), ("warn", 1)))


def test_truncated_files_are_one_row_although_each_ends_elsewhere(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for number in range(5):
        (source / str(number)).write_bytes(b"STANDIN\n" + b"patient=P\n" * (number + 1) + b"\n")
    (source / "held").write_bytes(build("P", "1", "1.1", "1.1.1", "HOLD"))
    summary = run([source], tmp_path / "out")
    assert [(row.status, row.code, row.objects) for row in summary.reasons] == [
        ("held", "stand-in", 1),
        ("rejected", "truncated", 5),
    ]


def test_actions_are_counted_over_released_objects_by_attribute(tmp_path: Path) -> None:
    write_collection(tmp_path / "source", patients=1, series=2, objects=3)
    summary = run([tmp_path / "source"], tmp_path / "out")
    report = json.loads(summary.report.read_bytes())
    assert {row["objects"] for row in report["actions"]} == {6}
    assert report["examinations"]["metadata"] == {"made": 6, "not_made": 0, "notes": []}
    assert report["examinations"]["pixel-text"] == {"made": 0, "not_made": 6, "notes": ["no eyes"]}
    assert report["kinds"][0]["sop_class"] == "CT Image Storage"
    assert set(report) == {
        "schema", "released", "held", "rejected", "not_selected", "started", "seconds", "policy", "edition", "versions",
        "examinations", "retained_texts", "kinds", "reasons", "actions", "objects",
    }  # fmt: skip


def test_item_numbers_do_not_split_an_attribute() -> None:
    assert general_locator("dcm:(0040,0275)[3]/(0040,0007)") == "dcm:(0040,0275)[]/(0040,0007)"
    assert attribute_name("dcm:(0040,0275)[]/(0040,0007)") == "Scheduled Procedure Step Description"
    assert attribute_name('dcm:(0019,"?",0C)') == "private element of an unknown creator"
    assert attribute_name('dcm:(0019,"SIEMENS MR HEADER",0C)') == "private element"
    assert attribute_name("dcm:(0008,0000)") == "Group Length"
    assert attribute_name("dcm:(0009,0010)") == "Private Creator"
    assert attribute_name("file:meta") == ""


def test_numbers_are_worded_for_people() -> None:
    assert (wording.counted(1, "object"), wording.counted(1234, "object")) == ("1 object", "1,234 objects")
    assert [wording.duration(s) for s in (0.44, 200, 7500)] == ["0.4 seconds", "3 min 20 s", "2 h 5 min"]
    assert [wording.size(b) for b in (0, 999, 1500, 500_000, 2 * 10**9, 3 * 10**12)] == [
        "0 B", "999 B", "1.5 kB", "500 kB", "2.0 GB", "3.0 TB",
    ]  # fmt: skip
