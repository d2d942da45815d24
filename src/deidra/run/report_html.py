"""report.html: one page for the person who answers for the data. Self-contained, no scripts, everything escaped."""

from __future__ import annotations

from html import escape
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING

from deidra.run import wording
from deidra.run.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deidra.run.aggregate import ActionRow, ExaminationRow, KindRow, ReasonRow
    from deidra.run.summarise import Report

_GAP_LEAD = "<p>What nobody has looked for may still be there. This report promises nothing about it.</p>"
_RELEASED_UNEXAMINED = (
    "<p><b>Objects likely to carry burned-in text were released all the same, as the policy was told to.</b></p>"
)
_COLOURS = {"released": "good", "held": "warn", "rejected": "bad", "not-selected": "rest"}


def page(report: Report) -> str:
    """The whole page. `report` is an aggregate: the page has the same size for ten objects and for ten million."""
    template = Template(files("deidra.run").joinpath("report_template.html").read_text(encoding="utf-8"))
    parts = (
        _headline(report),
        _examinations(report),
        _reasons(report.reasons),
        _kinds(report.kinds),
        _actions(report.actions),
        _rules(report),
        _next_steps(report),
        "<footer>Holds counts and rules, no original value and no file name. "
        "Which input has which id stands in <code>inputs.csv</code> beside this page.</footer>",
    )
    return template.substitute(body="\n".join(part for part in parts if part))


def bar(shares: Iterable[tuple[str, int]]) -> str:
    """A stacked bar of (colour class, count)."""
    known = [(colour, count) for colour, count in shares if count]
    total = sum(count for _, count in known) or 1
    x, pieces = 0.0, []
    for colour, count in known:
        # Never thinner than a hair: one held object among a million must be seen.
        width = max(1000 * count / total, 4)
        pieces.append(f'<rect class="{colour}" x="{x:.1f}" width="{width:.1f}" height="10"/>')
        x += width
    return (
        f'<svg viewBox="0 0 {max(x, 1000):.1f} 10" preserveAspectRatio="none" aria-hidden="true">'
        f'<rect class="rest" width="{max(x, 1000):.1f}" height="10"/>{"".join(pieces)}</svg>'
    )


def table(heads: Iterable[tuple[str, str]], rows: Iterable[Iterable[str]], frame: str = "scroll card") -> str:
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


def number(count: int) -> str:
    """A count; zero steps back."""
    return f"{count:,}" if count else '<span class="zero">0</span>'


def _headline(report: Report) -> str:
    total = report.released + report.held + report.rejected + report.not_selected
    policy, left = escape(report.about.policy), report.not_selected
    tiles = "".join(
        f'<div class="card tile {_COLOURS[name]}"><b>{count:,}</b><span>{name} &middot; {text}</span></div>'
        for name, count, text in (
            ("released", report.released, "in the output folder"),
            ("held", report.held, "read, but not safe to release"),
            ("rejected", report.rejected, "could not be read"),
            ("not-selected", report.not_selected, "left out as asked"),
        )
        if count or name != "not-selected"
    )
    shares = (
        (_COLOURS["released"], report.released),
        (_COLOURS["held"], report.held),
        (_COLOURS["rejected"], report.rejected),
    )
    return (
        f'<p class="eyebrow">De-identification report &middot; {escape(wording.moment(report.started))} '
        f"&middot; policy {policy}</p>"
        f"<h1>{escape(wording.verdict(report))}</h1>"
        f'<p class="soft">{counted(total, "input")} in {wording.duration(report.seconds)}. '
        f"Every input is accounted for: released, held{', rejected or not selected' if left else ' or rejected'}.</p>"
        f'<div class="tiles">{tiles}</div><div class="share">{bar(shares)}</div>'
    )


def _examinations(report: Report) -> str:
    if not report.released:
        return ""
    gaps = "".join(_gap(row, report.released) for row in report.examinations if row.not_made)
    lead = _GAP_LEAD + (_RELEASED_UNEXAMINED if report.about.unexamined == "release" else "")
    warning = f'<div class="gap"><h3>Not examined</h3>{lead}<ul>{gaps}</ul></div>' if gaps else ""
    cards = "".join(_look(row, report.released) for row in report.examinations if row.made)
    return (
        '<h2>What was examined, and what was not</h2><p class="soft">Counted over the released objects.</p>'
        f'{warning}<div class="looks">{cards}</div>'
    )


def _gap(row: ExaminationRow, released: int) -> str:
    title, about = wording.LOOKS[row.kind]
    notes = f" {escape(wording.sentence('; '.join(row.notes)))}" if row.notes else ""
    shares = (("warn", row.not_made), ("rest", max(0, released - row.not_made)))
    return (
        f"<li><b>{title}</b><span>{about}{notes}</span>"
        f'<span class="n">{row.not_made:,} of {counted(released, "object")}</span>{bar(shares)}</li>'
    )


def _look(row: ExaminationRow, released: int) -> str:
    title, about = wording.LOOKS[row.kind]
    tag = '<span class="tag warn">in part</span>' if row.not_made else '<span class="tag good">examined</span>'
    notes = f" {escape(wording.sentence('; '.join(row.notes)))}" if row.notes and not row.not_made else ""
    if row.by:
        notes += f" {escape('; '.join(row.by))}. {row.cpu_seconds:,.0f} s of CPU."
    rest = max(0, released - row.made - row.not_made)
    shares = (("good", row.made), ("warn", row.not_made), ("rest", rest))
    return (
        f'<div class="card look"><h3>{title}{tag}</h3><p>{about}{notes}</p>'
        f'{bar(shares)}<p class="count">{row.made:,} of {counted(released, "object")}</p></div>'
    )


def _reasons(rows: list[ReasonRow]) -> str:
    if not rows:
        return "<h2>Held and rejected</h2><p>Nothing was held back and everything could be read.</p>"
    cells = (
        (
            f'<span class="tag {_COLOURS[row.status]}">{row.status}</span>',
            number(row.objects),
            f"{escape(wording.sentence(row.message))}<br>"
            f'<span class="soft small">{escape(wording.advice(row.status, row.code))}</span>',
            "<br>".join(f"<code>{escape(text)}</code>" for text in (row.code, *row.places)),
            f"{row.example}",
        )
        for row in rows
    )
    left = any(row.status == "not-selected" for row in rows)
    title = "Held, rejected and not selected" if left else "Held and rejected"
    heads = (
        ("", ""),
        ("Objects", "n"),
        ("Why, and what to do", ""),
        ("Code and place", "code"),
        ("For example id", "n"),
    )
    return (
        f'<h2>{title}</h2><p class="soft">None of these is in the output folder. '
        f"<code>report.json</code> lists each of them.</p>{table(heads, cells)}"
    )


def _kinds(rows: list[KindRow]) -> str:
    some_left_out = any(row.not_selected for row in rows)
    cells = (
        (
            f"<b>{escape(row.modality)}</b>" if row.modality else '<span class="zero">&ndash;</span>',
            escape(row.sop_class) or '<span class="soft">unknown or not DICOM</span>',
            bar((("good", row.released), ("warn", row.held), ("bad", row.rejected), ("rest", row.not_selected))),
            number(row.released),
            number(row.held),
            number(row.rejected),
            *((number(row.not_selected),) if some_left_out else ()),
            wording.size(row.bytes_in),
        )
        for row in rows
    )
    heads = (
        ("Modality", ""),
        ("SOP class", ""),
        ("", ""),
        ("Released", "n"),
        ("Held", "n"),
        ("Rejected", "n"),
        *((("Not selected", "n"),) if some_left_out else ()),
        ("Size", "n"),
    )
    return f"<h2>What the collection holds</h2>{table(heads, cells)}"


def _actions(rows: list[ActionRow]) -> str:
    if not rows:
        return ""
    groups: dict[str, list[ActionRow]] = {}
    for row in rows:
        groups.setdefault(row.action, []).append(row)
    order = [action for action in wording.ACTIONS if action in groups]
    heads = (("Attribute", "place"), ("Name", ""), ("Objects", "n"), ("Where the rule comes from", ""))
    sections = []
    for action in order:
        title, about = wording.ACTIONS[action]
        cells = (
            (
                f"<code>{escape(row.attribute.removeprefix('dcm:'))}</code>",
                escape(row.name),
                number(row.objects),
                f'{escape(row.source)}<br><code class="soft">{escape(row.rule)}</code>',
            )
            for row in groups[action]
        )
        places = counted(len({row.attribute for row in groups[action]}), "attribute")
        sections.append(
            f'<details class="card"><summary><b>{title}</b><span class="soft about">{about}</span>'
            f'<span class="soft n">{places}</span></summary>{table(heads, cells, "scroll")}</details>'
        )
    return (
        '<h2>What was done, attribute by attribute</h2><p class="soft">Over the released objects. '
        "Attributes that were left as they are do not appear here; <code>deidra plan</code> lists them too.</p>"
        + "".join(sections)
    )


def _rules(report: Report) -> str:
    about = report.about
    options = (
        ", ".join(wording.OPTIONS.get(option, option) for option in about.options) or "none: the bare Basic Profile"
    )
    methods = "".join(f"<li>{escape(text)}</li>" for text in about.methods)
    versions = ", ".join(f"{name} {version}" for name, version in about.versions.items())
    facts = (
        ("Policy", f"{escape(about.policy)} <span class='soft'>{escape(about.policy_title)}</span>"),
        ("Policy digest", f"<code>{escape(about.policy_digest)}</code>"),
        ("Standard", f"DICOM PS3.15 {escape(about.edition)}, Annex E: Attribute Confidentiality Profiles"),
        ("Options", escape(options)),
        ("Written into each object", f"<ul>{methods}</ul>" if methods else ""),
        (
            "Likely burned-in text",
            "held back" if about.unexamined == "hold" else "released unexamined, as the policy was told",
        ),
        ("Software", escape(versions)),
    )
    rows = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts if value)
    return f'<h2>Rules that were applied</h2><div class="card" style="margin-top:14px"><dl>{rows}</dl></div>'


def _next_steps(report: Report) -> str:
    steps = "".join(f"<li>{step}</li>" for step in wording.next_steps(report))
    return f"<h2>Next steps</h2><ol>{steps}</ol>"
