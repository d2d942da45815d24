"""verify.html: one page for the person who decides about a release. Self-contained, no scripts, everything escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING

from deidra.standard.dictionary import name as attribute_name
from deidra.verify import wording
from deidra.verify.wording import counted

if TYPE_CHECKING:
    from deidra.verify.report import Examination, Group, VerifySummary

_COLOURS = {"leak": "bad", "suspect": "bad", "error": "warn", "unclear": "warn", "unread": "warn", "note": ""}
_PARTS = (("kept", "good"), ("changed", "accent"), ("emptied", "warn"), ("lost", "bad"))
_GROUPS_SHOWN = 300
_BEYOND_SHOWN = 40


def page(summary: VerifySummary) -> str:
    """The whole page. It has the same size for ten objects and for ten million."""
    template = Template(files("deidra.verify").joinpath("report_template.html").read_text(encoding="utf-8"))
    parts = (
        _headline(summary),
        _gaps(summary.examinations),
        _findings(summary.groups),
        _looks(summary.examinations),
        _utility(summary),
        _conformance(summary),
        _about(summary),
        "<footer>Holds counts, places and shapes, no original value. <code>verify.json</code> beside this page lists "
        "every finding with its file.</footer>",
    )
    return template.substitute(body="\n".join(part for part in parts if part))


def _bar(shares: Iterable[tuple[str, int]]) -> str:
    """A stacked bar of (colour class, count)."""
    known = [(colour, count) for colour, count in shares if count]
    total = sum(count for _, count in known) or 1
    x, pieces = 0.0, []
    for colour, count in known:
        width = max(1000 * count / total, 4)  # never thinner than a hair
        pieces.append(f'<rect class="{colour}" x="{x:.1f}" width="{width:.1f}" height="10"/>')
        x += width
    box = max(x, 1000)
    inner = "".join(pieces)
    return (
        f'<svg viewBox="0 0 {box:.1f} 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="rest" width="{box:.1f}" height="10"/>{inner}</svg>'
    )


def _table(heads: Iterable[tuple[str, str]], rows: Iterable[Iterable[str]], frame: str = "scroll card") -> str:
    """A table; heads are (text, class of the column), cells are HTML."""
    columns = tuple(heads)
    head = "".join(f'<th scope="col" class="{kind}">{escape(text)}</th>' for text, kind in columns)
    body = "".join(
        "<tr>"
        + "".join(f'<td class="{kind}">{cell}</td>' for cell, (_, kind) in zip(row, columns, strict=True))
        + "</tr>"
        for row in rows
    )
    return f'<div class="{frame}"><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'


def _number(count: int) -> str:
    return f"{count:,}" if count else '<span class="zero">0</span>'


def _headline(summary: VerifySummary) -> str:
    tiles = "".join(
        f'<div class="card tile {_COLOURS[kind] if summary.counts[kind] else "none"}"><b>{summary.counts[kind]:,}</b>'
        f"<span>{title.lower()} &middot; {about}</span></div>"
        for kind, (title, about) in wording.SEVERITIES.items()
    )
    colour = {4: "bad", 5: "warn", 3: "warn", 1: "warn"}.get(summary.exit_code, "good")
    searched = (
        f"{wording.volume(summary.text_bytes)} of headers and text and {wording.volume(summary.bulk_bytes)} of pixels"
    )
    return (
        f'<p class="eyebrow">Verification report &middot; {escape(wording.moment(summary.started))}</p>'
        f"<h1>{escape(wording.verdict(summary))}</h1>"
        f'<p class="soft">{counted(summary.files, "file")}, {counted(summary.objects, "DICOM object")}, {searched} '
        f"searched in {wording.duration(summary.seconds)}. {_knowledge(summary)}</p>"
        f'<div class="card verdict {colour}">{_advice(summary)}</div><div class="tiles">{tiles}</div>'
    )


def _knowledge(summary: VerifySummary) -> str:
    if not summary.known:
        return "Nothing is known of the originals."
    known = [f"{summary.known[kind]:,} {noun}" for kind, noun in wording.NATURES.items() if summary.known.get(kind)]
    return f"Known of the originals: {', '.join(known)}."


def _advice(summary: VerifySummary) -> str:
    counts = summary.counts
    if counts["leak"] or counts["suspect"]:
        return (
            "<b>Do not release.</b><p>Look at the findings below, change the policy or leave the objects out, run "
            "again, and verify again. A suspicion may be harmless; somebody has to say so.</p>"
        )
    if counts["error"]:
        return "<b>No identifier, but less sound than the source.</b><p>Readers may refuse the objects named below.</p>"
    if counts["unclear"] or counts["unread"]:
        return "<b>Not everything could be judged.</b><p>Find out what the files named below are before they leave.</p>"
    return (
        "<b>Nothing was found by the looks that were made.</b><p>This is no proof: mind what was not examined, "
        "and look at a sample with your own eyes.</p>"
    )


def _gaps(rows: list[Examination]) -> str:
    gaps = [row for row in rows if row.not_made]
    if not gaps:
        return ""
    items = "".join(
        f"<li><b>{wording.EXAMINATIONS[row.kind][0]}</b><span>{escape(row.note[:1].upper() + row.note[1:])}.</span>"
        f'<span class="n">{counted(row.not_made, "object")}</span></li>'
        for row in gaps
    )
    lead = "<p>What nobody has looked for may still be there. This report promises nothing about it.</p>"
    return f'<div class="gap"><h3>Not examined</h3>{lead}<ul>{items}</ul></div>'


def _findings(groups: list[Group]) -> str:
    if not groups:
        return '<h2>Findings</h2><p class="soft">None, not even a note.</p>'
    sections = []
    for severity, (title, about) in wording.SEVERITIES.items():
        chosen = [group for group in groups if group.severity == severity]
        if not chosen:
            continue
        opened = " open" if severity != "note" else ""
        total = sum(group.findings for group in chosen)
        sections.append(
            f'<details class="card"{opened}><summary><b>{title}</b><span class="soft about">{about}</span>'
            f'<span class="tag {_COLOURS[severity]}">{total:,}</span></summary>{_group_table(chosen)}</details>'
        )
    return (
        '<h2>Findings</h2><p class="soft">Alike findings are one line. Shapes show letters as A and a, digits as 9; '
        "values are never shown.</p>" + "".join(sections)
    )


def _group_table(groups: list[Group]) -> str:
    cells = (
        (
            f"<code>{escape(group.locator.removeprefix('dcm:'))}</code>{_name_of(group.locator)}",
            f"{escape(group.message)}<br><code class='soft'>{escape(group.code)}</code>",
            f"<code>{escape(group.shape)}</code>"
            + (f"<br><span class='soft small'>{escape(group.form)}</span>" if group.form else ""),
            _number(group.findings),
            _number(group.objects),
            f'<span class="small">{escape(group.file or (f"object {group.example}" if group.example else ""))}</span>',
        )
        for group in groups[:_GROUPS_SHOWN]
    )
    heads = (
        ("Where", "place"),
        ("What", ""),
        ("Shape and form", ""),
        ("Findings", "n"),
        ("Objects", "n"),
        ("For example", ""),
    )
    rest = len(groups) - _GROUPS_SHOWN
    more = (
        f'<p class="soft small" style="padding:8px 14px">and {rest:,} more kinds in verify.json</p>' if rest > 0 else ""
    )
    return _table(heads, cells, "scroll") + more


def _name_of(locator: str) -> str:
    """The name of a public attribute, under its address."""
    last = locator.partition(" ")[0].rpartition("/")[2].removeprefix("dcm:")
    try:
        name = attribute_name(int(last[1:5] + last[6:10], 16)) if last.startswith("(") else ""
    except ValueError:
        name = ""
    return f'<br><span class="soft small">{escape(name)}</span>' if name else ""


def _looks(rows: list[Examination]) -> str:
    cards = "".join(_look(row) for row in rows if row.made)
    return f'<h2>What was examined</h2><div class="looks">{cards}</div>' if cards else ""


def _look(row: Examination) -> str:
    title, about = wording.EXAMINATIONS[row.kind]
    tag = '<span class="tag warn">in part</span>' if row.not_made else '<span class="tag good">examined</span>'
    return (
        f'<div class="card look"><h3>{title}{tag}</h3><p>{about}</p>'
        f"{_bar((('good', row.made), ('warn', row.not_made)))}"
        f'<p class="count">{row.made:,} of {row.made + row.not_made:,}</p></div>'
    )


def _utility(summary: VerifySummary) -> str:
    utility = summary.utility
    if not utility["compared"]:
        return ""
    rows = (
        (
            escape(kind),
            _bar((colour, fates[fate]) for fate, colour in _PARTS),
            *(_number(fates[fate]) for fate in wording.FATES),
        )
        for kind, fates in utility["values"].items()
    )
    heads = (("Kind of value", ""), ("", "parts"), *((word, "n") for word in wording.FATES.values()))
    key = "".join(f'<i class="{colour}"></i>{wording.FATES[fate]}' for fate, colour in _PARTS)
    pixels = ", ".join(f"{count:,} {escape(fate)}" for fate, count in utility["pixels"].items()) or "no pixel data"
    compared = counted(utility["compared"], "object")
    return (
        f'<h2>What is left of the data</h2><p class="soft">{compared} beside their sources, '
        f'value by value. Pixel data: {pixels}.</p><p class="soft small key">{key}</p>{_table(heads, rows)}'
        f"{_costs(utility['costs'])}{_beyond(utility['beyond_policy'])}"
    )


def _costs(costs: Mapping[str, Mapping[str, int]]) -> str:
    """What would have stayed under which option."""
    if not costs:
        return ""
    meanings = {
        "profile": "the profile itself, whatever the options",
        "policy": "the policy, though the options let it stay",
    }
    rows = (
        (
            escape(meanings.get(keeper, f"without the option {keeper}")),
            *(_number(fates[fate]) for fate in ("changed", "emptied", "lost")),
        )
        for keeper, fates in sorted(costs.items(), key=lambda item: -sum(item[1].values()))
    )
    heads = (("Cost of", ""), ("changed", "n"), ("emptied", "n"), ("removed", "n"))
    return f"<h2>What each option cost</h2>{_table(heads, rows)}"


def _beyond(rows: list[dict[str, object]]) -> str:
    if not rows:
        return ""
    cells = (
        (
            f"<code>{escape(str(row['attribute']).removeprefix('dcm:'))}</code>{_name_of(str(row['attribute']))}",
            wording.FATES[str(row["fate"])],
            f"{row['objects']:,}",
        )
        for row in rows[:_BEYOND_SHOWN]
    )
    table = _table((("Attribute", "place"), ("Fate", ""), ("Objects", "n")), cells, "scroll")
    count = counted(len(rows), "attribute")
    return (
        '<details class="card"><summary><b>More than asked</b><span class="soft about">changed or removed '
        f'although the options let it stay</span><span class="soft n">{count}</span></summary>{table}</details>'
    )


def _conformance(summary: VerifySummary) -> str:
    found = summary.conformance
    if not found["validators"]:
        return ""
    errors = sum(found["introduced"].values())
    silent = f", {counted(found['no_verdict'], 'object')} without a verdict" if found["no_verdict"] else ""
    return (
        f'<h2>Conformance</h2><p class="soft">{escape(" and ".join(found["validators"]))} on '
        f"{counted(found['objects_judged'], 'object')} and {counted(found['studies_judged'], 'study', 'studies')}, "
        f"before and after{silent}: {counted(errors, 'new error')}.</p>"
    )


def _about(summary: VerifySummary) -> str:
    options = (
        ", ".join(summary.options)
        if summary.options
        else "none"
        if summary.options is not None
        else "as each object declares"
    )
    troubles = ", ".join(f"{count:,} {escape(kind)}" for kind, count in summary.source_problems.items())
    facts = (
        ("Options of PS3.15 E.3", escape(options)),
        (
            "Sources read",
            f"{summary.sources:,}" + (f" <span class='soft'>(besides {troubles})</span>" if troubles else ""),
        ),
        ("Paired with a source", f"{summary.paired:,} of {summary.objects:,} objects"),
        ("Distinct kept texts", f"{summary.values:,}"),
        ("Software", escape(", ".join(f"{name} {version}" for name, version in summary.versions.items()))),
    )
    rows = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts)
    return f'<h2>How it was done</h2><div class="card" style="margin-top:14px"><dl>{rows}</dl></div>'
