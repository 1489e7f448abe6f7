# SPDX-License-Identifier: Apache-2.0
"""`evenlight`: a command for each effect, for chains and farms, the plug-in and the doctor."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from types import FrameType

import click

from .. import __version__, effects, log
from ..batch import Stop
from ..errors import Aborted, BusyError, EvenlightError, ModelError, ParamError
from .analyse_command import analyse_command
from .auto_command import auto_command
from .doctor_command import doctor
from .effect_command import effect_command
from .info_command import info_command
from .page_command import page_command
from .plugin_command import plugin
from .preset_command import preset_command
from .render_command import assemble_command, render
from .report import REPORTS, print_error
from .review_command import review_command
from .submit_command import check, submit

_STOPPED, _TERMINATED = 130, 143  # what shells take for Ctrl-C, and for being told to end
_BUSY = 75  # what schedulers take for: try again later


class _Terminated(KeyboardInterrupt):
    """A scheduler asked this process to end."""


def commands() -> click.Group:
    """The whole command line."""
    group = click.Group(
        "evenlight", help="Takes the flicker and the blotches out of video and old film."
    )
    click.version_option(__version__, prog_name="evenlight")(group)
    for effect in effects.EFFECTS:
        group.add_command(effect_command(effect))
    for command in (
        auto_command, render, assemble_command, submit, check, preset_command(), info_command,
        page_command, review_command,
    ):  # fmt: skip
        group.add_command(command)
    group.add_command(analyse_command())
    group.add_command(plugin)
    group.add_command(doctor)
    return group


def run(arguments: Sequence[str], stop: Stop | None = None) -> int:
    """Run one command; its exit status, as docs/farm.md lists them.

    `stop` is looked at while frames are rendered.
    """
    output, stop = _output(arguments), stop or Stop()
    try:
        status = commands().main(
            list(arguments), prog_name="evenlight", standalone_mode=False, obj=stop
        )
    except Aborted:
        print_error("stopped; nothing unfinished was left", output)
        return _TERMINATED if stop.signal == signal.SIGTERM else _STOPPED
    except (click.Abort, KeyboardInterrupt) as ended:
        is_told = isinstance(ended, _Terminated) or isinstance(ended.__cause__, _Terminated)
        print_error("stopped; nothing unfinished was left", output)
        return _TERMINATED if is_told else _STOPPED
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 2
    except click.ClickException as error:
        print_error(_sentence(error), output)
        return error.exit_code
    except ParamError as error:
        print_error(str(error), output)
        return 2
    except (BusyError, ModelError) as error:
        print_error(str(error), output)
        return _BUSY
    except EvenlightError as error:
        print_error(str(error), output)
        return 1
    except MemoryError:
        print_error("there is not enough memory for frames of this size", output)
        return _BUSY
    return status if isinstance(status, int) else 0


def _output(arguments: Sequence[str]) -> str:
    """For whom errors are told, before anything is parsed."""
    for option, value in zip(("", *arguments), (*arguments, ""), strict=True):
        name, _, joined = option.partition("=")
        if name in ("--progress", "--output") and (joined or value) in REPORTS:
            return joined or value
    return "human"


def _end(number: int, frame: FrameType | None) -> None:  # noqa: ARG001 - a signal handler's
    raise _Terminated


def _sentence(error: click.ClickException) -> str:
    context = getattr(error, "ctx", None)
    remedy = f" (see `{context.command_path} --help`)" if context else ""
    return error.format_message().rstrip(".") + remedy


def main() -> None:
    """The entry point of the `evenlight` script."""
    log.start()
    signal.signal(signal.SIGTERM, _end)  # while no frames are rendered
    sys.exit(run(sys.argv[1:], Stop(signal.SIGINT, signal.SIGTERM)))
