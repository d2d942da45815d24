"""HL7 v2 messages cleaned by segment and data type: what the standard does not name is dropped, as are Z segments.

Persons, places, organisations and ways to reach them are types of their own in HL7 v2, so their fields are emptied
wherever they stand. Texts of observations and notes are cleaned together, for names run over their ends.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable

from deidra.documents import codes
from deidra.documents.cda_values import NUMBER
from deidra.documents.dates import shift_hl7
from deidra.documents.hl7_source import Encoding, escaped, field_types, is_header, open_message, unescape
from deidra.documents.joined import clean_pieces
from deidra.documents.naming import names
from deidra.documents.work import IDENTIFIER_SOURCE, CleanedDocument, Work
from deidra.errors import Held
from deidra.model import Action

SOURCE = "HL7 v2; " + IDENTIFIER_SOURCE
CleanInner = Callable[[bytes, str, Work], CleanedDocument]
_KEPT_SEGMENTS = names(
    """MSH EVN PID PV1 PV2 ORC OBR OBX NTE AL1 IAM DG1 PRB PR1 DRG SPM SAC TXA TQ1 TQ2 IPC RXA RXR RXO RXE RXD RXC
    RXG RXV MSA ERR QAK DSC BHS BTS FHS FTS GOL VAR PDA OBG"""
)
_DATES = frozenset(("TS", "DTM", "DT"))
_CODED = frozenset(("CE", "CWE", "CNE", "CF"))
_TEXTS = frozenset(("ST", "TX", "FT", "GTS"))
_NUMERIC = frozenset(("NM", "SI", "SN", "NR"))
# Fields of the patient that say what they are, not who; the type of field 3 and 5 is none of HL7's
_PID_FIELDS = {1: "SI", 3: "pseudonym", 5: "pseudonym", 7: "birth", 8: "IS", 10: "CE", 22: "CE", 29: "TS", 30: "ID"}
_PERSONAL = frozenset((8, 10, 22))
# What the type does not tell: (segment, field)
_REMOVED = frozenset(
    {("EVN", 5), ("EVN", 7), ("ORC", 10), ("ORC", 30), ("OBR", 18), ("OBR", 19), ("OBR", 20), ("OBR", 21), ("MSH", 8)}
    | {("MSH", 14), ("TXA", 16), ("PV1", 5), ("PV1", 50), ("PV2", 5), ("ERR", 1), ("ERR", 2), ("ERR", 6), ("MSA", 3)}
    | {("FHS", number) for number in (3, 4, 5, 6, 8, 9, 10)}
    | {("BHS", number) for number in (3, 4, 5, 6, 8, 9, 10)}
    | {("DSC", 1), ("IPC", 9), ("OBX", 15), ("OBX", 18)}
)
_COMPARATORS = frozenset(("", "<", ">", "<=", ">=", "=", "<>", "-", "+", "/", ":"))
_TOKEN = re.compile(r"[A-Za-z0-9_./+-]{1,20}")
# HL7 tables 0074 (service section), 0004, 0078 and 0085 where longer than two letters
_TABLE_VALUES = names(
    """BLB CUS CTH HM ICU IMG IMM LAB MCB MYC NMS NMR NRS OUS OTH OSL PAR PAT PHR PUR RAD RUS VUS XRC ORU ORM MDM ADT
    2.1 2.2 2.3 2.3.1 2.4 2.5 2.5.1 2.6 2.7 2.7.1 2.8 2.8.1 2.8.2 2.9"""
)
_MESSAGE_TYPE = re.compile(r"[A-Z0-9_]{3,7}")


def clean_hl7(data: bytes, work: Work, clean_inner: CleanInner) -> bytes:
    """One message or a batch of one patient, in UTF-8. Raises Held when it is about several."""
    work.require_text_size(len(data))
    encoding, segments = open_message(data)
    return _Writer(encoding, work, clean_inner).message(segments).encode("utf-8")


class _Writer:
    """Writes one message: strings, and numbers that stand for texts cleaned at the end."""

    def __init__(self, encoding: Encoding, work: Work, clean_inner: CleanInner) -> None:
        self._encoding = encoding
        self._work = work
        self._clean_inner = clean_inner
        self._pieces: list[tuple[str, str]] = []
        self._patients: set[str] = set()

    def message(self, segments: list[str]) -> str:
        parts: list[str | int] = []
        for segment in segments:
            name = segment[:3]
            if name not in _KEPT_SEGMENTS or segment[3:4] not in (self._encoding.field, ""):
                self._edit("hl7:*", Action.REMOVE, "document:hl7-segment")
                continue
            parts += [*self._segment(name, segment), "\r"]
        if len(self._patients) > 1:
            raise Held("several-subjects", "the message is about more than one patient")
        texts = clean_pieces(self._pieces, self._work, "hl7:OBX-5") if self._pieces else []
        return "".join(part if isinstance(part, str) else escaped(texts[part], self._encoding) for part in parts)

    def _edit(self, locator: str, action: Action, rule: str) -> None:
        self._work.edit(locator, action, rule, SOURCE)

    def _segment(self, name: str, segment: str) -> list[str | int]:
        separator = self._encoding.field
        fields = segment.split(separator)
        parts: list[str | int] = [name]
        # The separator itself is field 1 of a header
        first = 1
        if is_header(segment):
            parts += [separator, self._encoding.declared]
            fields, first = fields[2:], 3
        else:
            fields = fields[1:]
        kinds = field_types(name)
        for number, value in enumerate(fields, first):
            kind = kinds[number - 1] if number <= len(kinds) else ""
            if name == "OBX" and number == 5:
                kind = fields[1] if len(fields) > 1 else ""
            parts.append(separator)
            if value:
                parts += self._field(name, number, kind, value)
        return parts

    def _field(self, segment: str, number: int, kind: str, value: str) -> list[str | int]:
        locator = f"hl7:{segment}-{number}"
        if segment == "PID":
            kind = _PID_FIELDS.get(number, "")
            if number in _PERSONAL and not self._work.settings.patient_characteristics:
                kind = ""
        if segment == "MSH" and number == 18:
            return ["UNICODE UTF-8"]
        if segment == "OBX" and number == 2:
            return [value] if re.fullmatch(r"[A-Z]{2,3}", value) else []
        if (segment, number) in _REMOVED or not kind:
            self._edit(locator, Action.REMOVE, "document:hl7-field")
            return []
        if kind in ("pseudonym", "birth"):
            return [self._patient(kind, number, value, locator)]
        if (segment, number) in (("OBX", 5), ("NTE", 3)) and kind in _TEXTS:
            return self._texts(value)
        if segment == "OBX" and number == 5 and kind == "ED":
            return [self._wrapped(value, locator)]
        repeated = value.split(self._encoding.repetition)
        return [self._encoding.repetition.join(self._one(kind, each, locator) for each in repeated)]

    def _patient(self, kind: str, number: int, value: str, locator: str) -> str:
        if kind == "birth":
            if self._work.settings.birth_dates == "remove":
                self._edit(locator, Action.REMOVE, "document:birth-date")
                return ""
            return self._one("TS", value, locator)
        self._edit(locator, Action.ID, "document:pseudonym")
        if number == 3:
            first = value.split(self._encoding.repetition)[0].split(self._encoding.component)
            self._patients.add(first[0] + "\0" + (first[3] if len(first) > 3 else ""))
        return self._work.pseudonym

    def _texts(self, value: str) -> list[str | int]:
        parts: list[str | int] = []
        for text in value.split(self._encoding.repetition):
            parts += [len(self._pieces), self._encoding.repetition]
            # Components of a text are none of its own: a separator that was not escaped
            self._pieces.append((unescape(text, self._encoding), "\n"))
        return parts[:-1]

    def _one(self, kind: str, value: str, locator: str) -> str:
        """One repetition of a field, by its data type."""
        components = value.split(self._encoding.component)
        plain = [unescape(component, self._encoding) for component in components]
        if kind in _DATES:
            return self._date(plain[0], locator)
        if kind == "TM":
            return plain[0] if re.fullmatch(r"[0-2]\d[0-5]\d([0-5]\d(\.\d{1,4})?)?([+-]\d{4})?", plain[0]) else ""
        if kind == "DR":
            return self._encoding.component.join(self._date(each, locator) for each in plain[:2] if each)
        if kind in _NUMERIC:
            return self._numbers(plain, locator)
        if kind in _CODED:
            return self._coded(plain, locator)
        if kind in ("IS", "ID", "PT", "VID"):
            return self._token(plain[0], locator)
        if kind == "MSG":
            return self._encoding.component.join(each for each in plain if _MESSAGE_TYPE.fullmatch(each))
        if kind in ("CX", "EI", "EIP"):
            return self._identifier(plain, locator)
        if kind == "CQ":
            return self._numbers(plain[:1], locator)
        if kind in _TEXTS:
            if locator == "hl7:MSH-10":
                return self._identifier(plain[:1], locator)
            text = unescape(value, self._encoding)
            return escaped(self._work.text(text, locator), self._encoding)
        self._edit(locator, Action.REMOVE, "document:hl7-field")
        return ""

    def _date(self, value: str, locator: str) -> str:
        if not value.strip('"'):
            return ""
        shifted = shift_hl7(value, self._work.shift_date)
        self._edit(locator, Action.REMOVE if shifted is None else Action.DATE, "document:date")
        return shifted or ""

    def _numbers(self, plain: list[str], locator: str) -> str:
        kept = []
        for each in plain:
            is_number = NUMBER.fullmatch(each.strip()) or each in _COMPARATORS
            if not is_number or self._work.names_subject(each):
                self._edit(locator, Action.REMOVE, "document:quantity")
                return ""
            kept.append(escaped(each, self._encoding))
        return self._encoding.component.join(kept)

    def _token(self, value: str, locator: str) -> str:
        known = len(value) <= 2 or value in _TABLE_VALUES
        if _TOKEN.fullmatch(value) and (known or self._work.is_clean(value)):
            return "" if self._work.names_subject(value) else value
        self._edit(locator, Action.REMOVE, "document:code")
        return ""

    def _coded(self, plain: list[str], locator: str) -> str:
        """CWE: code, text and system, twice; nothing else of it."""
        plain = [*plain, *[""] * 6][:6]
        kept = []
        for code, text, system in (plain[:3], plain[3:]):
            stays = not code or codes.kept_code(code, system, self._work)
            if not stays:
                self._edit(locator, Action.REMOVE, "document:code")
            words = codes.meaning(text, self._work, locator) if code and stays else self._work.text(text, locator)
            kept += [
                code if stays else "",
                words,
                system if codes.is_public_system(system) or self._work.is_clean(system) else "L",
            ]
        return self._encoding.component.join(escaped(each, self._encoding) for each in kept).rstrip(
            self._encoding.component
        )

    def _identifier(self, plain: list[str], locator: str) -> str:
        self._edit(locator, Action.ID, "document:hl7-identifier")
        kept = []
        for each in plain[:2] if locator.endswith(("ORC-8", "OBR-29")) else plain[:1]:
            value = each.split(self._encoding.subcomponent)[0].strip()
            if codes.OID.fullmatch(value) and value.count(".") >= 4:
                kept.append(self._work.instance_uid(value))
            else:
                kept.append(self._work.new_id(value) if value.strip('"') else "")
        return self._encoding.component.join(kept)

    def _wrapped(self, value: str, locator: str) -> str:
        """ED: a document in base 64 (HL7 v2.8.2 2A.3.24). Raises Held when its kind is not known."""
        components = [*value.split(self._encoding.component), *[""] * 5][:5]
        if components[3].upper() != "BASE64":
            self._edit(locator, Action.REMOVE, "document:hl7-field")
            return ""
        try:
            data = base64.b64decode("".join(unescape(components[4], self._encoding).split()), validate=True)
        except (binascii.Error, ValueError):
            raise Held("document-damaged", "a document inside the message is not base 64", locator) from None
        main, sub = components[1].upper(), components[2].upper()
        mime_type = _INNER_TYPES.get((main, sub)) or _INNER_SUBTYPES.get(sub, "")
        inner = self._clean_inner(data, mime_type, self._work)
        self._work.adopt(inner, mime_type, locator)
        encoded = base64.b64encode(inner.data).decode("ascii")
        return self._encoding.component.join(["", *mime_type.split("/"), "Base64", encoded])


_INNER_TYPES = {("TEXT", "XML"): "text/xml", ("TEXT", "PLAIN"): "text/plain", ("TEXT", ""): "text/plain"}
_INNER_SUBTYPES = {"PDF": "application/pdf", "RTF": "application/rtf", "X-HL7-CDA-LEVEL-ONE": "text/xml"}
