"""The answer databases of MIDI-B: written, read, judged as the official script judges, and refused when damaged."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from deidra.errors import UsageError
from deidra.score.corpus import plant_corpus, score_output
from deidra.score.midi_b.actions import compared, missing_verdict, verdict
from deidra.score.midi_b.answers import ACTIONS, Check, opened
from deidra.score.midi_b.index import Indexed
from deidra.score.midi_b.tokens import content_words
from score.reference import new_uid, read, write

if TYPE_CHECKING:
    from collections.abc import Callable

    from score.conftest import Corpus

PLACE = "<(0010,4000)>"


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A planted corpus with its answer database."""
    root = tmp_path_factory.mktemp("midi-b")
    plant_corpus([], root / "in", root / "answers.db", seed=3, half="tune", format_="midi-b", subjects=1)
    return root / "in", root / "answers.db"


def _judge(
    action: str, here: str | None, *, text: str | None = None, value: str | None = None, digest: str = ""
) -> object:
    file = Indexed(Path("x"), "1.2", "1.3", "1.4", digest, {} if here is None else {PLACE: here})
    return verdict(Check(action, PLACE, value, text, None), file, {"1.2": "9.9"}, {"A": "B"})


@pytest.mark.parametrize(
    ("action", "here", "text", "value", "passes"),
    [
        ("tag_retained", "<>", None, None, True),
        ("tag_retained", None, None, None, False),
        ("text_notnull", "<x>", None, None, True),
        ("text_notnull", "<>", None, None, False),
        ("text_notnull", None, None, None, False),
        ("text_retained", "<CT of the Head w/o Contrast>", "<head w/o contrast>", None, True),
        ("text_retained", "<contrast, head>", "<Head with the contrast>", None, True),
        ("text_retained", "<head>", "<Head contrast>", None, False),
        ("text_retained", None, "<x>", None, False),
        ("text_retained", "<5.0>", "<5>", None, True),
        ("text_retained", "<x>", None, None, None),
        ("text_retained", "<x>", "<of the>", None, None),
        ("text_removed", "<nobody>", "<HALVERSON MARGIT>", None, True),
        ("text_removed", "<margit>", "<HALVERSON MARGIT>", None, False),
        ("text_removed", "<HALVERSON MARGIT>", "<HALVERSON^MARGIT>", None, True),  # a leak that the script passes
        ("text_removed", "<FLEECE PAD>", "<Lee>", None, False),  # no leak, failed all the same
        ("text_removed", "<REMOVED>", "<removed>", None, True),
        ("text_removed", None, None, None, True),
        ("text_removed", "<x>", None, None, None),
        ("text_removed", "<12.0>", "<12>", None, False),
        ("date_shifted", "<20190102>", None, "<20190101>", True),
        ("date_shifted", "<20190101101500>", None, "<20190101>", False),
        ("date_shifted", None, None, None, True),
        ("date_shifted", "<20190101>", None, None, None),
        ("uid_changed", "<1.2.3>", None, "<1.2>", False),
        ("uid_changed", "<9.9>", None, "<1.2>", True),
        ("uid_consistent", "<9.9>", None, "<1.2>", True),
        ("uid_consistent", "<9.8>", None, "<1.2>", False),
        ("uid_consistent", "<9.9>", None, "<1.5>", False),
        ("uid_consistent", None, None, "<1.2>", True),
        ("patid_consistent", "<B>", None, "<A>", True),
        ("patid_consistent", "<A>", None, "<A>", False),
        ("pixels_retained", None, "<abc>", None, False),
        ("pixels_retained", None, None, None, None),
    ],
)
def test_each_action_is_judged_as_the_script_judges_it(
    action: str, here: str | None, text: str | None, value: str | None, passes: object
) -> None:
    assert _judge(action, here, text=text, value=value) is passes


def test_pixels_are_compared_by_digest() -> None:
    assert _judge("pixels_retained", None, text="<abc>", digest="abc") is True


def test_of_a_missing_file_only_what_had_to_go_passes() -> None:
    passing = {action for action in ACTIONS if missing_verdict(action)}
    assert passing == {"text_removed", "date_shifted", "uid_changed", "pixels_hidden"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("chest, w/o contrast.", ["chest", "w/o", "contrast"]),
        ("history of falls. chest 3.5 cm dr. smith's", "history falls chest 3.5 cm dr. smith 's".split()),
        ("can't isn't 12,5 10:30 (head)", ["ca", "n't", "n't", "12,5", "10:30", "head"]),
        ('"quoted" a-b_c^d', ["quoted", "''", "a-b_c^d"]),
        ("of the and", []),
    ],
)
def test_texts_are_split_as_the_penn_treebank_does(text: str, words: list[str]) -> None:
    assert content_words(text) == words


def test_digits_that_are_no_number_are_blank() -> None:
    assert compared("1²", "3", retained=True) is None


def test_an_identical_copy_fails_what_had_to_go_and_passes_the_rest(answers: tuple[Path, Path], tmp_path: Path) -> None:
    folder, database = answers
    uids, patients = _identity_maps(database, tmp_path)
    found = score_output(folder, database, uids, patients)
    assert found.leak.rate == found.utility.rate == 1.0
    assert found.midi_b is not None
    removing = {"text_removed", "date_shifted", "uid_changed", "pixels_hidden"}
    for action, (passed, failed, blank) in found.midi_b.actions.items():
        assert blank == 0
        assert (passed == 0) is (action in removing)
        assert (failed == 0) is (action not in removing)
    assert set(found.midi_b.actions) == set(ACTIONS)
    assert 0.3 < found.midi_b.instances < 0.7
    assert found.structure.references.rate == 1.0


def test_a_renamed_tree_with_mapped_uids_is_recognised_by_the_map(answers: tuple[Path, Path], tmp_path: Path) -> None:
    folder, database = answers
    pairs = {}
    for number, path in enumerate(sorted(folder.rglob("*.dcm"))):
        ds = read(path)
        for keyword in ("StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"):
            old = str(ds[keyword].value)
            pairs[old] = new_uid(old)
            ds[keyword].value = new_uid(old)
        write(ds, tmp_path / "out" / f"{number}.dcm")
    found = score_output(tmp_path / "out", database, _map(tmp_path / "uids.csv", pairs))
    assert found.matching == {"uid-map": 26}
    assert found.objects["missing"] == 0
    assert found.kinds["uid_changed"].leak.count < found.kinds["uid_changed"].leak.total


def test_without_maps_nothing_is_called_consistent(answers: tuple[Path, Path]) -> None:
    found = score_output(*answers)
    assert found.midi_b is not None
    assert "uid_consistent" not in found.midi_b.actions
    assert found.unscored == sum(count for why, count in found.unscored_why.items() if "mapping file" in why) > 0


def test_missing_files_are_said_and_do_not_count_as_clean(answers: tuple[Path, Path], tmp_path: Path) -> None:
    folder, database = answers
    shutil.copytree(folder, tmp_path / "out")
    for path in sorted((tmp_path / "out").rglob("*.dcm"))[:10]:
        path.unlink()
    whole, found = score_output(folder, database), score_output(tmp_path / "out", database)
    assert found.leak.rate == 1.0
    assert found.utility.rate < 0.8
    assert found.objects["missing"] == 10
    assert found.unscored_why["the object is not in the output"] > 0
    assert whole.midi_b is not None
    assert found.midi_b is not None
    assert found.midi_b.actions["text_removed"][0] > whole.midi_b.actions["text_removed"][0]  # as the script counts


def _changed(database: Path, target: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    shutil.copy(database, target)
    with closing(sqlite3.connect(target)) as connection, connection:
        for row, text in connection.execute("SELECT rowid, AnswerData FROM answer_data").fetchall():
            checks = json.loads(text)
            for check in checks.values():
                change(check)
            connection.execute("UPDATE answer_data SET AnswerData = ? WHERE rowid = ?", (json.dumps(checks), row))
    return target


def test_null_categories_are_counted_aloud_and_raise_no_score(answers: tuple[Path, Path], tmp_path: Path) -> None:
    folder, database = answers

    def without_codes(check: dict[str, Any]) -> None:
        check["answer_category_v2"] = None

    before = score_output(folder, database)
    found = score_output(folder, _changed(database, tmp_path / "db", without_codes))
    assert before.midi_b is not None
    assert found.midi_b is not None
    assert before.midi_b.uncategorised == 0
    assert found.midi_b.uncategorised > 1000
    assert (found.leak, found.utility, found.midi_b.instances) == (before.leak, before.utility, before.midi_b.instances)
    assert found.midi_b.families["unknown"][1] > 0


def test_null_texts_and_unknown_actions_raise_no_score(answers: tuple[Path, Path], tmp_path: Path) -> None:
    folder, database = answers

    def spoilt(check: dict[str, Any]) -> None:
        if check["action"] == "<text_removed>":
            check["action_text"] = None
        if check["action"] == "<date_shifted>":
            check["action"] = "<date_moved>"

    found = score_output(folder, _changed(database, tmp_path / "db", spoilt))
    assert found.midi_b is not None
    passed, _, blank = found.midi_b.actions["text_removed"]
    assert passed == 0
    assert blank > 1000
    assert found.unscored_why["an action that MIDI-B does not have"] > 0
    assert found.utility.rate == 1.0


@pytest.mark.parametrize("share", [0.2, 0.6, 0.99])
def test_a_truncated_database_is_refused(answers: tuple[Path, Path], tmp_path: Path, share: float) -> None:
    data = answers[1].read_bytes()
    (tmp_path / "cut").write_bytes(data[: int(len(data) * share)])
    with pytest.raises(UsageError) as refused:
        score_output(answers[0], tmp_path / "cut")
    assert refused.value.code == "key-truncated"


def test_a_damaged_or_foreign_database_is_refused(answers: tuple[Path, Path], tmp_path: Path) -> None:
    data = bytearray(answers[1].read_bytes())
    data[4096:40960] = b"\xa5" * (40960 - 4096)
    (tmp_path / "damaged").write_bytes(data)
    with closing(sqlite3.connect(tmp_path / "foreign")) as connection, connection:
        connection.execute("CREATE TABLE people (name TEXT)")
    for name in ("damaged", "foreign"):
        with pytest.raises(UsageError) as refused:
            score_output(answers[0], tmp_path / name)
        assert refused.value.code == "key-invalid"


def test_answers_of_another_corpus_are_refused(answers: tuple[Path, Path], corpus: Corpus, tmp_path: Path) -> None:
    database = tmp_path / "other.db"
    plant_corpus([], tmp_path / "other", database, seed=9, half="tune", format_="midi-b", subjects=1)
    with pytest.raises(UsageError) as refused:
        score_output(answers[0], database)
    assert refused.value.code == "key-mismatch"
    with pytest.raises(UsageError) as refused:
        score_output(answers[0], answers[1], _map(tmp_path / "wrong.csv", {"1.2": "1.3"}))
    assert refused.value.code == "key-mismatch"


def test_scopes_above_the_instance_apply_to_all_its_files(answers: tuple[Path, Path], tmp_path: Path) -> None:
    folder, database = answers
    shutil.copy(database, tmp_path / "db")
    with closing(sqlite3.connect(tmp_path / "db")) as connection, connection:
        connection.execute("ALTER TABLE answer_data ADD COLUMN scope TEXT DEFAULT '<Instance>'")
        check = {"0": {"action": "<tag_retained>", "tag_ds": "<(0010,0010)>", "value": None, "action_text": None}}
        row = connection.execute("SELECT * FROM answer_data WHERE Modality = 'CT'").fetchone()
        added = (*row[:9], json.dumps(check), "<Series>")
        connection.execute("INSERT INTO answer_data VALUES (?,?,?,?,?,?,?,?,?,?,?)", added)
    with opened(tmp_path / "db") as found:
        own = found.instances[row[7]][0]
        assert [len(found.checks(r)) for r in found.applying(own)][-1] == 1
    before, after = score_output(folder, database), score_output(folder, tmp_path / "db")
    assert after.checks == before.checks + 3  # one for each slice of the series


def _map(path: Path, pairs: dict[str, str]) -> Path:
    path.write_text("id_old,id_new\n" + "".join(f"{old},{new}\n" for old, new in pairs.items()))
    return path


def _identity_maps(database: Path, folder: Path) -> tuple[Path, Path]:
    uids: dict[str, str] = {}
    patients: dict[str, str] = {}
    with opened(database) as found:
        for rows in found.instances.values():
            patients[rows[0].patient] = rows[0].patient
            uids |= {value: value for value in (rows[0].study, rows[0].series, rows[0].instance)}
            for check in found.checks(rows[0]):
                if check.action == "uid_consistent" and check.value:
                    uids[check.value.strip("<>")] = check.value.strip("<>")
    return _map(folder / "u.csv", uids), _map(folder / "p.csv", patients)
