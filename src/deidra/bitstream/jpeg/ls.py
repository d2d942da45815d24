"""JPEG-LS coded data, decoded to tell where they end (ITU-T T.87 Annex A).

The contexts follow the samples, so the samples must be rebuilt; they are thrown away. Some microseconds a sample: done
only where the end of a scan reads as text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from deidra.bitstream.jpeg.markers import Frame
    from deidra.bitstream.jpeg.scan import CodedScan

_MOST_SAMPLES = 1 << 21
_BY_SAMPLE = 2
_RUN_BITS = (0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 9, 10, 11, 12, 13, 14, 15)
_CONTEXTS = 365


class Coding(NamedTuple):
    """The numbers of T.87 A.1 and C.2.4.1.1."""

    near: int
    largest: int  # MAXVAL
    thresholds: tuple[int, int, int]
    reset: int
    errors: int  # RANGE
    error_bits: int  # qbpp
    limit: int


class _Bits:
    """Bits, of which one zero is stuffed behind each byte 0xFF. Raises EOFError behind the end.

    Takes in no byte before a bit of it is needed, so that `at` is behind the last byte that is.
    """

    def __init__(self, data: bytes, start: int, end: int) -> None:
        self._data, self.at, self._end = data, start, end
        self._word = self._held = 0
        self._width = 8

    def _fill(self) -> None:
        if self.at >= self._end:
            raise EOFError
        byte = self._data[self.at]
        self._word = (self._word & ((1 << self._held) - 1)) << self._width | byte
        self._held += self._width
        self._width = 7 if byte == 0xFF else 8
        self.at += 1

    def take(self, count: int) -> int:
        while self._held < count:
            self._fill()
        self._held -= count
        return self._word >> self._held & ((1 << count) - 1)

    def zeros(self) -> int:
        """How many zeros stand before the next one, which is taken too."""
        count = 0
        while True:
            window = self._word & ((1 << self._held) - 1)
            if window:
                more = self._held - window.bit_length()
                self._held -= more + 1
                return count + more
            count += self._held
            self._held = 0
            self._fill()


def end_of_ls_scan(data: bytes, start: int, end: int, frame: Frame, scan: CodedScan) -> int | None:
    """The position behind the byte with the last bit that a sample needs; None where that cannot be told."""
    count = len(scan.header.components)
    if frame.rows * frame.columns * count > _MOST_SAMPLES or any(c.across > 1 or c.down > 1 for c in frame.components):
        return None
    bits = _Bits(data, start, end)
    try:
        decoder = _Decoder(bits, coding_of(frame, scan), frame.columns, count, by_sample=scan.header.last == _BY_SAMPLE)
        for _ in range(frame.rows):
            decoder.line()
    except (EOFError, IndexError):
        return None
    # An encoder that ends on 0xFF puts a byte with the stuffed zero behind it
    return bits.at + 1 if data[bits.at - 1] == 0xFF and bits.at < end else bits.at


def coding_of(frame: Frame, scan: CodedScan) -> Coding:
    """Preset parameters, or where they are zero or absent those of T.87 C.2.4.1.1.1."""
    near = scan.header.first
    told = [int.from_bytes(scan.preset[at : at + 2]) for at in range(1, 11, 2)] if scan.preset else [0] * 5
    largest = told[0] or (1 << frame.precision) - 1
    factor = (min(largest, 4095) + 128) // 256
    if largest >= 128:
        usual = [factor * 1 + 2 + 3 * near, factor * 4 + 3 + 5 * near, factor * 17 + 4 + 7 * near]
    else:
        factor = 256 // (largest + 1)
        usual = [max(2, 3 // factor + 3 * near), max(3, 7 // factor + 5 * near), max(4, 21 // factor + 7 * near)]
    first = told[1] or _clamped(usual[0], near + 1, largest)
    second = told[2] or _clamped(usual[1], first, largest)
    third = told[3] or _clamped(usual[2], second, largest)
    errors = (largest + 2 * near) // (2 * near + 1) + 1
    bits = max(2, largest.bit_length())
    limit = 2 * (bits + max(8, bits))
    return Coding(near, largest, (first, second, third), told[4] or 64, errors, (errors - 1).bit_length(), limit)


def _clamped(value: int, low: int, high: int) -> int:
    return low if value > high or value < low else value


class _Decoder:
    """The state of a scan: contexts, and of each component the line above."""

    def __init__(self, bits: _Bits, coding: Coding, columns: int, count: int, *, by_sample: bool) -> None:
        self._bits, self._coding, self._columns = bits, coding, columns
        self._by_sample = by_sample
        start = max(2, (coding.errors + 32) // 64)
        self._sums = [start] * (_CONTEXTS + 2)
        self._biases = [0] * _CONTEXTS
        self._corrections = [0] * _CONTEXTS
        self._counts = [1] * (_CONTEXTS + 2)
        self._negatives = [0, 0]
        self._above = [[0] * (columns + 2) for _ in range(count)]
        self._run_index = [0] * count
        self._lines = count

    def line(self) -> None:
        """One line of each component."""
        if self._by_sample and self._lines > 1:
            self._line(list(range(self._lines)))
        else:
            for component in range(self._lines):
                self._line([component])

    def _line(self, components: list[int]) -> None:
        """A line of one component, or of all with their samples in turn."""
        columns, near = self._columns, self._coding.near
        lines = []
        for component in components:
            above = self._above[component]
            above[columns + 1] = above[columns]
            line = [0] * (columns + 2)
            line[0] = above[1]
            lines.append((component, above, line))
        at = 1
        while at <= columns:
            if all(self._is_flat(above, line, at, near) for _, above, line in lines):
                at = self._run(lines, at)
            else:
                for _, above, line in lines:
                    line[at] = self._regular(above, line, at)
                at += 1
        for component, _, line in lines:
            self._above[component] = line

    @staticmethod
    def _is_flat(above: list[int], line: list[int], at: int, near: int) -> bool:
        a, b, c, d = line[at - 1], above[at], above[at - 1], above[at + 1]
        return abs(d - b) <= near and abs(b - c) <= near and abs(c - a) <= near

    def _quantised(self, difference: int) -> int:
        size = abs(difference)
        first, second, third = self._coding.thresholds
        if size <= self._coding.near:
            return 0
        level = 1 if size < first else 2 if size < second else 3 if size < third else 4
        return level if difference > 0 else -level

    def _regular(self, above: list[int], line: list[int], at: int) -> int:
        """A sample in regular mode (A.3 to A.6)."""
        coding = self._coding
        a, b, c, d = line[at - 1], above[at], above[at - 1], above[at + 1]
        context = 81 * self._quantised(d - b) + 9 * self._quantised(b - c) + self._quantised(c - a)
        sign = -1 if context < 0 else 1
        context *= sign
        if c >= max(a, b):
            predicted = min(a, b)
        elif c <= min(a, b):
            predicted = max(a, b)
        else:
            predicted = a + b - c
        predicted = min(max(predicted + sign * self._corrections[context], 0), coding.largest)
        count, total = self._counts[context], self._sums[context]
        k = 0
        while count << k < total:
            k += 1
        mapped = self._golomb(k, coding.limit)
        error = mapped >> 1 if not mapped & 1 else -((mapped + 1) >> 1)
        if k == 0 and coding.near == 0 and 2 * self._biases[context] <= -count:
            error = -(error + 1)
        self._update(context, error)
        return self._rebuilt(predicted, sign * error)

    def _update(self, context: int, error: int) -> None:
        """A.6.1 and A.6.2."""
        step = 2 * self._coding.near + 1
        bias, count = self._biases[context] + error * step, self._counts[context]
        self._sums[context] += abs(error)
        if count == self._coding.reset:
            self._sums[context] >>= 1
            bias = bias >> 1 if bias >= 0 else -((1 - bias) >> 1)
            count >>= 1
        count += 1
        if bias <= -count:
            bias = max(bias + count, 1 - count)
            self._corrections[context] = max(self._corrections[context] - 1, -128)
        elif bias > 0:
            bias = min(bias - count, 0)
            self._corrections[context] = min(self._corrections[context] + 1, 127)
        self._biases[context], self._counts[context] = bias, count

    def _rebuilt(self, predicted: int, error: int) -> int:
        """A.4.4 and A.4.5 backwards: the sample, folded into its range."""
        coding = self._coding
        step = 2 * coding.near + 1
        value = predicted + error * step
        if value < -coding.near:
            value += coding.errors * step
        elif value > coding.largest + coding.near:
            value -= coding.errors * step
        return min(max(value, 0), coding.largest)

    def _golomb(self, k: int, limit: int) -> int:
        """A.5.3 backwards."""
        zeros, most = self._bits.zeros(), limit - self._coding.error_bits - 1
        if zeros > most:
            raise IndexError
        if zeros == most:
            return self._bits.take(self._coding.error_bits) + 1
        return zeros << k | self._bits.take(k)

    def _run(self, lines: list[tuple[int, list[int], list[int]]], at: int) -> int:
        """Run mode (A.7): the position behind the run and the sample that breaks it."""
        index_of = lines[0][0]
        start = at
        while at <= self._columns and self._bits.take(1):
            size = 1 << _RUN_BITS[self._run_index[index_of]]
            whole = at + size <= self._columns + 1
            at = min(at + size, self._columns + 1)
            if whole:
                self._run_index[index_of] = min(self._run_index[index_of] + 1, 31)
        broken = at <= self._columns
        if broken:
            at += self._bits.take(_RUN_BITS[self._run_index[index_of]])
            if at > self._columns:
                raise IndexError
        for _, _, line in lines:
            line[start:at] = [line[start - 1]] * (at - start)
        if not broken:
            return at
        for _, above, line in lines:
            line[at] = self._interruption(line[at - 1], above[at], self._run_index[index_of], alone=len(lines) == 1)
        self._run_index[index_of] = max(self._run_index[index_of] - 1, 0)
        return at + 1

    def _interruption(self, a: int, b: int, run_index: int, *, alone: bool) -> int:
        """The sample that breaks a run (A.7.2)."""
        coding = self._coding
        kind = 1 if alone and abs(a - b) <= coding.near else 0
        context = _CONTEXTS + kind
        count, total = self._counts[context], self._sums[context]
        total += (count >> 1) * kind
        k = 0
        while count << k < total:
            k += 1
        mapped = self._golomb(k, coding.limit - _RUN_BITS[run_index] - 1)
        odd = (mapped + kind) & 1
        size = (mapped + kind + odd) >> 1
        negative = (k != 0 or 2 * self._negatives[kind] >= count) == bool(odd)
        error = -size if negative else size
        if error < 0:
            self._negatives[kind] += 1
        self._sums[context] += (mapped + 1 - kind) >> 1
        if count == coding.reset:
            self._sums[context] >>= 1
            self._counts[context] >>= 1
            self._negatives[kind] >>= 1
        self._counts[context] += 1
        if kind:
            return self._rebuilt(a, error)
        return self._rebuilt(b, error if b >= a else -error)
