"""Device rules from the scripts of other tools: CTP's DicomPixelAnonymizer and recipes of pydicom/deid.

Both grammars are read whole or not at all: what is not understood is reported with its line, since a rule that is
silently left out is a place that is silently not blanked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from deidra.errors import PolicyError
from deidra.pixels.devices import ULTRASOUND_REGIONS, Catalogue, Condition, ConditionKind, Rule
from deidra.pixels.image import Box
from deidra.standard.dictionary import tag_of

_CTP_TESTS: dict[str, tuple[ConditionKind, bool]] = {
    "equals": ("equals", True), "equalsignorecase": ("equals", False),
    "contains": ("contains", True), "containsignorecase": ("contains", False),
    "startswith": ("starts", True), "startswithignorecase": ("starts", False),
    "endswith": ("ends", True), "endswithignorecase": ("ends", False),
    "matches": ("matches", True), "exists": ("present", True), "isblank": ("empty", True), "isempty": ("empty", True),
}  # fmt: skip
_CTP_TOKEN = re.compile(
    r"\s*(?:(?P<sign>[()*+!])"
    r"|(?P<tag>\[[0-9A-Fa-f]{4},[0-9A-Fa-f]{4}\]|\[[0-9A-Fa-f]{8}\]|[A-Za-z][A-Za-z0-9]*)\s*\.\s*(?P<test>[A-Za-z]+)"
    r"\s*\(\s*(?:\"(?P<value>[^\"]*)\")?\s*\)"
    r"|(?P<word>true|false)\b)"
)
_CTP_REGION = re.compile(r"\(\s*(-?\d+)\s*,\s*(-?\d+)\s*,\s*(-?\d+)\s*,\s*(-?\d+)\s*\)")
_MOST_DEPTH = 40


def from_ctp(script: str, name: str) -> Catalogue:
    """The rules of a CTP DicomPixelAnonymizer script: signatures in braces, then regions (left, top, width, height).

    Text between is comment, as in CTP. `name` says where it comes from. Raises PolicyError with every line that cannot
    be read.
    """
    rules: list[Rule] = []
    problems: list[str] = []
    at = 0
    while (start := script.find("{", at)) >= 0:
        line = script.count("\n", 0, start) + 1
        end = script.find("}", start)
        if end < 0:
            problems.append(f"{name}:{line}: a signature has no end")
            break
        following = script.find("{", end)
        places = _CTP_REGION.findall(script[end : following if following >= 0 else len(script)])
        boxes = [_from_corner(*map(int, place)) for place in places]
        try:
            condition = _Ctp(script[start + 1 : end]).condition()
        except ValueError as error:
            problems.append(f"{name}:{line}: {error}")
        else:
            if boxes:
                rules.append(Rule(f"{name}:{line}", condition, tuple(boxes)))
            else:
                problems.append(f"{name}:{line}: a signature without regions")
        at = end + 1
    if problems:
        raise PolicyError(problems)
    return Catalogue(tuple(rules), (name,))


def _from_corner(left: int, top: int, width: int, height: int) -> Box:
    return top, left, top + height, left + width


class _Ctp:
    """A boolean expression of CTP: ``!`` binds before ``*`` (and) before ``+`` (or)."""

    def __init__(self, text: str) -> None:
        self._tokens: list[re.Match[str]] = []
        at = 0
        while text[at:].strip():
            token = _CTP_TOKEN.match(text, at)
            if token is None:
                raise ValueError("the signature is not understood")
            self._tokens.append(token)
            at = token.end()
        self._at = 0

    def condition(self) -> Condition:
        """The whole expression. Raises ValueError."""
        if not self._tokens:
            return Condition("true")
        made = self._any(0)
        if self._at < len(self._tokens):
            raise ValueError("the signature goes on where it should end")
        return made

    def _any(self, depth: int) -> Condition:
        parts = [self._all(depth)]
        while self._sign() == "+":
            self._at += 1
            parts.append(self._all(depth))
        return parts[0] if len(parts) == 1 else Condition("any", parts=tuple(parts))

    def _all(self, depth: int) -> Condition:
        parts = [self._one(depth)]
        while self._sign() == "*":
            self._at += 1
            parts.append(self._one(depth))
        return parts[0] if len(parts) == 1 else Condition("all", parts=tuple(parts))

    def _sign(self) -> str | None:
        return self._tokens[self._at]["sign"] if self._at < len(self._tokens) else None

    def _one(self, depth: int) -> Condition:
        if depth > _MOST_DEPTH or self._at >= len(self._tokens):
            raise ValueError("the signature ends too early or is nested too deep")
        token = self._tokens[self._at]
        self._at += 1
        if token["sign"] == "!":
            return Condition("not", parts=(self._one(depth + 1),))
        if token["sign"] == "(":
            inner = self._any(depth + 1)
            if self._sign() != ")":
                raise ValueError("a parenthesis is not closed")
            self._at += 1
            return inner
        if token["word"]:
            return Condition("true") if token["word"] == "true" else Condition("not", parts=(Condition("true"),))
        if token["sign"]:
            raise ValueError("an operator stands where a test should")
        kind = _CTP_TESTS.get(token["test"].lower())
        if kind is None:
            raise ValueError("a test of an unknown kind")
        return Condition(kind[0], _tag(token["tag"]), _checked(kind[0], token["value"] or ""), case=kind[1])


def _tag(written: str) -> str:
    """Eight hexadecimal digits from a keyword or a number in brackets. Raises ValueError."""
    if written.startswith("["):
        return written[1:-1].replace(",", "").upper()
    tag = tag_of(written)
    if tag is None:
        raise ValueError("an attribute that the dictionary does not know")
    return f"{tag:08X}"


def _checked(kind: ConditionKind, value: str) -> str:
    if kind == "matches":
        try:
            re.compile(value)
        except re.error:
            raise ValueError("a pattern that is none") from None
    return value


_DEID_TESTS: dict[str, tuple[ConditionKind, bool]] = {
    "contains": ("matches", False), "notcontains": ("matches", True), "equals": ("equals", False),
    "notequals": ("equals", True), "missing": ("missing", False), "present": ("present", False),
    "empty": ("empty", False), "notempty": ("empty", True),
}  # fmt: skip
_DEID_OPERAND = re.compile(r"(?P<test>[a-z]+)\s+(?P<field>[A-Za-z0-9]+)(?:\s+(?P<value>.*))?$")
_NUMBERS = re.compile(r"(-?\d+)\s*,\s*(-?\d+)\s*,\s*(-?\d+)\s*,\s*(-?\d+)$")


def from_deid(recipe: str, name: str) -> Catalogue:
    """The rules of a pydicom/deid recipe that have coordinates: the entries LABEL of its sections %filter.

    Entries without coordinates decide what is reported there and add no place here; other sections are not about
    pixels. Raises PolicyError with every line that cannot be read.
    """
    rules: list[Rule] = []
    problems: list[str] = []
    entry = _DeidEntry("")
    filters = keeps_ultrasound = False
    for number, raw in enumerate(recipe.splitlines(), 1):
        line = re.sub(r"\s+#.*$|^#.*$", "", raw).strip()
        if line.startswith(("%", "LABEL")):
            rules += entry.rules()
            entry = _DeidEntry(f"{name}:{number}")
            filters = line.lower().startswith("%filter") if line.startswith("%") else filters
        elif filters and line:
            try:
                entry.read(line)
                keeps_ultrasound |= entry.keeps_ultrasound
            except ValueError as error:
                problems.append(f"{name}:{number}: {error}")
    rules += entry.rules()
    if problems:
        raise PolicyError(problems)
    if keeps_ultrasound:
        rules = [_but_ultrasound(rule) if rule.whole else rule for rule in rules]
    return Catalogue(tuple(rules), (name,), blanks_outside_regions=keeps_ultrasound)


def _but_ultrasound(rule: Rule) -> Rule:
    """A rule that blanks everything, for images without ultrasound regions: the others keep those."""
    without = Condition("missing", ULTRASOUND_REGIONS)
    return msgspec.structs.replace(rule, condition=Condition("all", parts=(rule.condition, without)))


class _DeidEntry:
    """One LABEL: its conditions, joined from left to right as they are written, and its coordinates."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._condition: Condition | None = None
        self._boxes: list[Box] = []
        self._only: list[Box] = []
        self._whole = False
        self.keeps_ultrasound = False

    def read(self, line: str) -> None:
        """One line. Raises ValueError."""
        words = line.split(None, 1)
        if words[0] in ("coordinates", "ctpcoordinates", "keepcoordinates", "ctpkeepcoordinates"):
            self._place(words[0], words[1] if len(words) > 1 else "")
            return
        for joined in re.split(r"(?=\|\||(?<![\w|])\+(?!\w))", line):
            part = joined.strip()
            if not part:
                continue
            kind: ConditionKind = "any" if part.startswith("||") else "all"
            test = _deid_test(part.lstrip("|+").strip())
            self._condition = test if self._condition is None else Condition(kind, parts=(self._condition, test))

    def _place(self, keyword: str, value: str) -> None:
        if value.strip() == "all":
            if "keep" not in keyword:
                self._whole = True
            return
        if value.strip() == "from:SequenceOfUltrasoundRegions" and "keep" in keyword:
            self.keeps_ultrasound = True
            return
        numbers = _NUMBERS.match(value.strip())
        if numbers is None:
            raise ValueError("coordinates that are not four numbers")
        a, b, c, d = map(int, numbers.groups())
        box = _from_corner(a, b, c, d) if keyword.startswith("ctp") else (b, a, d, c)
        (self._only if "keep" in keyword else self._boxes).append(box)

    def rules(self) -> Sequence[Rule]:
        """The rule, if the entry names places."""
        if not (self._boxes or self._only or self._whole):
            return ()
        condition = self._condition or Condition("true")
        # What is kept there is kept from this entry's own coordinates; all else goes when it blanks everything
        only = tuple(self._only) if self._whole else ()
        return (Rule(self._name, condition, tuple(self._boxes), self._whole and not only, only),)


def _deid_test(text: str) -> Condition:
    operand = _DEID_OPERAND.match(text)
    if operand is None or operand["test"] not in _DEID_TESTS:
        raise ValueError("a test that is not understood")
    kind, negated = _DEID_TESTS[operand["test"]]
    value = operand["value"] or ""
    if kind == "equals":
        # Alternatives stand side by side, as patterns do
        parts = tuple(Condition("equals", _tag(operand["field"]), one.strip()) for one in value.split("|"))
        test = parts[0] if len(parts) == 1 else Condition("any", parts=parts)
    else:
        test = Condition(kind, _tag(operand["field"]), _checked(kind, value.strip()))
    return Condition("not", parts=(test,)) if negated else test
