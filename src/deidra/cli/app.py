"""The group of commands, each loaded only when it is asked for."""

from __future__ import annotations

from importlib import import_module

import click

from deidra._version import __version__

_COMMANDS = {
    "aggregate": "deidra.cli.aggregate:aggregate_command",
    "plan": "deidra.cli.plan:plan_command",
    "plant": "deidra.cli.plant:plant_command",
    "policy": "deidra.cli.policy:policy",
    "reidentify": "deidra.cli.reidentify:reidentify_command",
    "run": "deidra.cli.run:run_command",
    "score": "deidra.cli.score:score_command",
    "vault": "deidra.cli.vault:vault_group",
    "verify": "deidra.cli.verify:verify_command",
}


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module, name = _COMMANDS[cmd_name].split(":")
        command = getattr(import_module(module), name)
        return command if isinstance(command, click.Command) else None


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, message="deidra %(version)s")
def deidra() -> None:
    """De-identify medical images, and say honestly what was done.

    \b
    deidra plan scans/                what would happen, and why
    deidra run scans/ released/       do it
    deidra policy list                the rules there are
    """
