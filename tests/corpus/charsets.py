"""Names and text in the character sets of the world, with and without code extensions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from pydicom.sequence import Sequence

from corpus.images import CT, image
from corpus.modules import identified, item
from corpus.plant import plant, uproot
from corpus.raw import element, spliced
from corpus.yard import meta, part10

if TYPE_CHECKING:
    from corpus.yard import Yard


class Script(msgspec.Struct, frozen=True):
    """A Specific Character Set and words in it; each word is a marker and stands nowhere else."""

    name: str
    charset: tuple[str, ...]
    family: str
    given: str
    ideographic: str = ""
    phonetic: str = ""
    comment: str = ""
    institution: str = ""


SCRIPTS = (
    Script("latin1", ("ISO_IR 100",), "Brünnhäußler", "Zoëlline", comment="Übelkeit Øjvindssøn",
        institution="Märkischklinik"),
    Script("latin2", ("ISO_IR 101",), "Łękawska", "Žďárka", comment="Příbramský",
        institution="Świętokrzyska"),
    Script("cyrillic", ("ISO_IR 144",), "Голубятникова", "Евпраксия", comment="Сёмочкина",
        institution="Черноголовка"),
    Script("greek", ("ISO_IR 126",), "Παπαδοπούλου", "Ευφροσύνη", comment="Ξηροχώρι", institution="Ψυχικό"),
    Script("hebrew", ("ISO_IR 138",), "גולדשטיין", "צביקהלה", comment="ירושלמית", institution="תלאביבית"),
    Script("arabic", ("ISO_IR 127",), "قباني", "لنزارية", comment="بيروتية", institution="دمشقية"),
    Script("thai", ("ISO_IR 166",), "นามสกุลดี", "ชื่อจริงใจ", comment="กรุงเก่า", institution="โรงหมอ"),
    Script("utf8", ("ISO_IR 192",), "Wáng大文字典", "Xiǎodōng孝东东", "王小東東", "ㄨㄤˊㄒㄧ",
        comment="𠮷野家族様", institution="Клініка№7"),
    Script("gb18030", ("GB18030",), "Wang", "XiaoDong", "欧阳王小东", comment="门诊部住院号",
        institution="协和北京院"),
    Script("gbk", ("GBK",), "Zhao", "Mingming", "赵敏明明", comment="复诊病人甲", institution="华西医大院"),
    Script("japanese", ("", "ISO 2022 IR 87"), "Yamada", "Tarou", "山田鷲尾^太郎丸", "やまだし^たろうまる",
        comment="外来患者様", institution="慈恵病院様"),
    Script("japanese_kana", ("ISO 2022 IR 13", "ISO 2022 IR 87"), "ﾔﾏｼﾀﾄﾖﾀ", "ｻﾌﾞﾛｳﾏﾙ", "山下豊田^三郎丸",
        "やましたと^さぶろうま", comment="診察券番号", institution="済生会様式"),
    Script("korean", ("", "ISO 2022 IR 149"), "Hong", "Gildong", "洪吉洞^吉東洞", "홍길동이^길동무",
        comment="외래환자분", institution="연세병원장"),
    Script("chinese_2022", ("", "ISO 2022 IR 58"), "Zhang", "XiaoMei", "张小东^梅花鹿", comment="肿瘤门诊",
        institution="人民医院"),
)  # fmt: skip


def charset_files(yard: Yard) -> None:
    """One image a character set, and a data set whose item changes the character set."""
    for script in SCRIPTS:
        _script_file(yard, script)
    _nested_charset(yard)
    _wrong_charset(yard)


def _words(yard: Yard, script: Script) -> str:
    """Write down every word of the name and give back the PN value."""
    plain = script.family.isascii()
    groups = {
        "alphabetic": f"{script.family}^{script.given}",
        "ideographic": script.ideographic,
        "phonetic": script.phonetic,
    }
    for group, value in groups.items():
        if not (plain and group == "alphabetic"):
            for word in filter(None, value.split("^")):
                yard.mint.note(word, f"dcm:(0010,0010), {group}, {script.name}")
    if plain:
        groups["alphabetic"] = (
            f"{yard.mint.text(f'dcm:(0010,0010), alphabetic, {script.name}')}^{script.given}"
        )
    return "=".join(groups.values()).rstrip("=")


def _script_file(yard: Yard, script: Script) -> None:
    file = f"charsets/{script.name}.dcm"
    yard.mint.file = file
    ds = identified(image(CT), file, "CT")
    plant(ds, yard.mint)
    uproot(ds, yard.mint, 0x00080080, 0x00100010, 0x00104000)
    ds.SpecificCharacterSet = list(script.charset) if len(script.charset) > 1 else script.charset[0]
    ds.PatientName = _words(yard, script)
    ds.PatientComments = f"1: {yard.mint.note(script.comment, f'dcm:(0010,4000), {script.name}')}"
    ds.InstitutionName = yard.mint.note(
        script.institution, f"dcm:(0008,0080), {script.name}", "remove", ("institution-identity",)
    )
    yard.bytes_out(file, part10(ds))


def _nested_charset(yard: Yard) -> None:
    """An item with a Specific Character Set of its own."""
    file, mint = "charsets/nested.dcm", yard.mint
    mint.file = file
    ds = identified(image(CT), file, "CT")
    plant(ds, mint)
    uproot(ds, mint, 0x00400275)
    inner = item(
        SpecificCharacterSet="ISO_IR 144",
        RequestingPhysician=mint.note(
            "Достоевщинская", "dcm:(0040,0275)[0]/(0032,1032), charset of the item"
        ),
        RequestedProcedureDescription=mint.note(
            "Обследование", "dcm:(0040,0275)[0]/(0032,1060), charset of the item"
        ),
    )
    ds.RequestAttributesSequence = Sequence([inner])
    yard.bytes_out(file, part10(ds))


def _wrong_charset(yard: Yard) -> None:
    """Bytes of one character set under the name of another, and of none."""
    file, mint = "charsets/wrong.dcm", yard.mint
    mint.file = file
    ds = identified(image(CT), file, "CT")
    plant(ds, mint)
    uproot(ds, mint, 0x00100010, 0x0008103E)
    ds.SpecificCharacterSet = "ISO_IR 6"
    word = mint.note("Тургеневская", "dcm:(0010,0010), ISO_IR 144 undeclared")
    other = mint.note("Куприяновна", "dcm:(0008,103E), UTF-8 undeclared")
    added = {
        0x0008103E: element(0x0008103E, "LO", other.encode()),
        0x00100010: element(0x00100010, "PN", word.encode("iso8859_5")),
    }
    yard.bytes_out(file, b"\0" * 128 + b"DICM" + meta(ds) + spliced(ds, added))
