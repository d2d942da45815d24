"""Policy and standard, compiled: for any attribute, the rule that holds.

Order: an override with a path, an override of the attribute, then the options of the policy over the Basic
Profile (PS3.15 E.1.1), then the second layer for what Table E.1-1 does not list, then removal. An override of
a whole VR can only tighten what would be kept.
"""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING

import msgspec

from deidra.policy import claims, content, graphics, listed, private, schema, second
from deidra.policy.rules import Rule, overridden
from deidra.policy.selectors import Private, Tag, Vr
from deidra.standard import confidentiality, dictionary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from deidra.policy.schema import Policy
    from deidra.standard.private_elements import PathStep

__all__ = ["Rule", "Rulebook", "compile_policy"]

# More distinct attributes than this come only from damaged or hostile files; the memory is then started anew.
_MEMORY = 1 << 16


class Rulebook:
    """The compiled policy; remembers what it has worked out. Built by `compile_policy`.

    `policy` holds the overrides of the arm, whose name shows nowhere: the digest is that of the whole policy.
    """

    def __init__(self, policy: Policy, arm: str = "") -> None:
        self._whole, self._arm = policy, arm
        self.edition = confidentiality.edition(policy.edition)
        self.digest = schema.digest(policy, self.edition.sha256)
        self.policy = policy = _of_arm(policy, arm) if arm else policy
        self._plain: dict[object, Rule] = {}
        self._by_path: dict[object, Rule] = {}
        self._by_vr: dict[str, Rule] = {}
        self._path_targets: set[object] = set()
        for override in policy.overrides:
            target, path = override.selector.target, override.selector.path
            rule = overridden(override, policy.name, target.number if isinstance(target, Tag) else None)
            if isinstance(target, Vr):
                self._by_vr[target.name] = rule
            elif path:
                self._by_path[path, _key(target)] = rule
                self._path_targets.add(_key(target))
            else:
                self._plain[_key(target)] = rule
        self._known: dict[object, Rule] = {}
        self._rules: dict[Rule, Rule] = {}

    def standard(self, tag: int, vr: str, path: tuple[PathStep, ...] = ()) -> Rule:
        """The rule of a standard attribute.

        `path`: enclosing sequences, outermost first: tags, and (group, creator, low byte) of private ones.
        """
        key: object = (tag, vr, path) if tag in self._path_targets else (tag, vr)
        rule = self._known.get(key)
        return rule if rule is not None else self._remember(key, self._standard(tag, vr, path))

    def private(
        self,
        creator: str,
        group: int,
        low: int,
        vr: str,
        path: tuple[PathStep, ...] = (),
        declared_safe: bool = False,
    ) -> Rule:
        """The rule of a private element: `low` is the low byte of its number, `creator` owns its block.

        `declared_safe` says that the object itself declares it safe, (0008,0303) and (0008,0304).
        """
        key = (creator, group, low, vr, path, declared_safe)
        rule = self._known.get(key)
        return rule if rule is not None else self._remember(key, self._private(*key))

    def content_item(
        self, names: Iterable[content.Code], value_type: str, path: tuple[PathStep, ...], *, selected: bool
    ) -> content.ItemRules | None:
        """The rules of content items in the items of `path`, see `content.item_rules`; None: no other rules than those
        of their attributes. An override of a value attribute wins over the table of concepts."""
        values = content.VALUE_ATTRIBUTES.values()
        overridden = {tag for tag in values if tag in self._plain or (path, tag) in self._by_path}
        rules = content.item_rules(self.policy, names, value_type, overridden, selected=selected)
        if rules is None:
            return None
        tightened = {tag: self._tightened(rule, dictionary.vr(tag) or "") for tag, rule in rules.values.items()}
        return content.ItemRules(rules.item, tightened, rules.ages)

    @cached_property
    def claims(self) -> claims.Claims:
        """What the policy may say it did, worked out from its own rules."""
        return claims.claims(self)

    @property
    def method_codes(self) -> tuple[tuple[str, str], ...]:
        """(code value, meaning) of CID 7050 for De-identification Method Code Sequence (0012,0064)."""
        return self.claims.codes

    @property
    def method_texts(self) -> tuple[str, ...]:
        """Values of De-identification Method (0012,0063), at most 64 characters each."""
        return self.claims.texts

    @property
    def temporal(self) -> str:
        """Longitudinal Temporal Information Modified (0028,0303)."""
        return self.claims.temporal

    @property
    def override_rules(self) -> tuple[Rule, ...]:
        """The rules of the policy's own overrides."""
        return (*self._plain.values(), *self._by_path.values(), *self._by_vr.values())

    def __reduce__(self) -> tuple[Callable[..., Rulebook], tuple[Policy] | tuple[Policy, str]]:
        return compile_policy, (self._whole, self._arm) if self._arm else (self._whole,)

    def __repr__(self) -> str:
        return f"Rulebook({self.policy.name}, {self.digest[:12]})"

    def _remember(self, key: object, rule: Rule) -> Rule:
        if len(self._known) >= _MEMORY:
            self._known.clear()
            self._rules.clear()
        # Thousands of attributes share a few dozen rules: one object for each.
        rule = self._known[key] = self._rules.setdefault(rule, rule)
        return rule

    def _standard(self, tag: int, vr: str, path: tuple[PathStep, ...]) -> Rule:
        rule = self._by_path.get((path, tag)) or self._plain.get(tag)
        if rule is not None:
            return rule
        rule = (
            graphics.rule(self.policy, self.edition, tag)
            or listed.rule(self.policy, self.edition, tag, vr)
            or second.rule(self.policy, tag, vr)
        )
        return self._tightened(rule, dictionary.vr(tag) or vr)

    def _private(
        self, creator: str, group: int, low: int, vr: str, path: tuple[PathStep, ...], declared_safe: bool
    ) -> Rule:
        target = (group, creator.strip(), low)
        rule = self._by_path.get((path, target)) or self._plain.get(target)
        if rule is not None:
            return rule
        rule = private.rule(self.policy, private.Element(creator, group, low, vr, path, declared_safe))
        return self._tightened(rule, vr)

    def _tightened(self, rule: Rule, vr: str) -> Rule:
        return self._by_vr.get(vr, rule) if self._by_vr and rule.code in ("K", "C") else rule


@cache
def compile_policy(policy: Policy, arm: str = "") -> Rulebook:
    """The Rulebook of a policy, or of one arm of its trial; the same object for the same ones within a process."""
    return Rulebook(policy, arm)


def _of_arm(policy: Policy, arm: str) -> Policy:
    """The policy with the overrides of an arm in the place of its own; raises KeyError when it has no such arm."""
    arms = {each.name: each.overrides for each in policy.trial.arms} if policy.trial else {}
    overrides = {str(item.selector): item for item in (*policy.overrides, *arms[arm])}
    return msgspec.structs.replace(policy, overrides=tuple(overrides[key] for key in sorted(overrides)))


def _key(target: Tag | Private | Vr) -> object:
    if isinstance(target, Private):
        return (target.group, target.creator, target.low)
    return target.number if isinstance(target, Tag) else target.name
