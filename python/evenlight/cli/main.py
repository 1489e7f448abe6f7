# SPDX-License-Identifier: Apache-2.0
"""`evenlight`: a command for each effect, the plug-in's installation, and the doctor."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from .. import __version__, effects
from ..errors import EvenlightError, ParamError
from .analyse_command import analyse_command
from .doctor_command import doctor
from .effect_command import effect_command
from .plugin_command import plugin
from .report import print_error

_STOPPED = 130  # what shells take for Ctrl-C


def commands() -> click.Group:
    """The whole command line."""
    group = click.Group(
        "evenlight", help="Takes the flicker and the blotches out of video and old film."
    )
    click.version_option(__version__, prog_name="evenlight")(group)
    for effect in effects.EFFECTS:
        group.add_command(effect_command(effect))
    group.add_command(analyse_command())
    group.add_command(plugin)
    group.add_command(doctor)
    return group


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit status: 0 done, 1 failed, 2 asked wrongly, 130 stopped."""
    as_json = "json" in arguments or "--output=json" in arguments
    try:
        status = commands().main(list(arguments), prog_name="evenlight", standalone_mode=False)
    except (click.Abort, KeyboardInterrupt):
        print_error("stopped; nothing unfinished was left", as_json=as_json)
        return _STOPPED
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 2
    except click.ClickException as error:
        print_error(_sentence(error), as_json=as_json)
        return error.exit_code
    except ParamError as error:
        print_error(str(error), as_json=as_json)
        return 2
    except EvenlightError as error:
        print_error(str(error), as_json=as_json)
        return 1
    except MemoryError:
        print_error("there is not enough memory for frames of this size", as_json=as_json)
        return 1
    return status if isinstance(status, int) else 0


def _sentence(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    remedy = f" (see `{context.command_path} --help`)" if context else ""
    return error.format_message().rstrip(".") + remedy


def main() -> None:
    """The entry point of the `evenlight` script."""
    sys.exit(run(sys.argv[1:]))
