"""``cybertip completion``"""

from __future__ import annotations

import click
from click.shell_completion import ShellComplete, get_completion_class

from cybertip.cli._options import json_option
from cybertip.cli._output import Exit, Output, body_of

_SHELLS = ("bash", "zsh", "fish")
_HOW = {
    "bash": 'eval "$(cybertip completion bash)"   # in ~/.bashrc',
    "zsh": 'eval "$(cybertip completion zsh)"   # in ~/.zshrc',
    "fish": "cybertip completion fish > ~/.config/fish/completions/cybertip.fish",
}


@click.command("completion")
@click.argument("shell", type=click.Choice(_SHELLS))
@json_option
@body_of("completion")
def command(output: Output, shell: str) -> int:
    """Print the script that lets a shell complete commands, options and the ids of filings.

    bash, from 4.4: eval "$(cybertip completion bash)" in ~/.bashrc; zsh: likewise in ~/.zshrc; fish: write it to
    ~/.config/fish/completions/cybertip.fish.
    """
    script = _script(shell)
    output.raw(script.encode())
    return output.end(Exit.DONE, {"shell": shell, "script": script, "use": _HOW[shell]})


def _script(shell: str) -> str:
    """The script of click's own machinery. That of bash would run bash first to look at its version."""
    from cybertip.cli._main import group

    kind = get_completion_class(shell)
    if kind is None:
        raise ValueError(f"click completes nothing for {shell}")
    return ShellComplete.source(kind(group, {}, "cybertip", "_CYBERTIP_COMPLETE"))
