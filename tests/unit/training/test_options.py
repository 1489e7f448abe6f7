# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

from evenlight.training.options import add_jobs, command_line, made_of, parser_of


def test_the_command_says_what_was_used_and_not_where_it_lay() -> None:
    parser = parser_of("gfrm", steps=4000, draws=12)
    parser.add_argument("--film", action="store_true")
    add_jobs(parser)
    given = ["--data", "/home/any/material/", "--draws", "3", "--film"]
    given += ["--out", "/x", "--jobs", "9"]
    assert command_line(parser, parser.parse_args(given)) == (
        "python -m evenlight.training.gfrm --data material --draws 3 --film"
    )


def test_examples_of_other_material_are_other_examples() -> None:
    options = parser_of("gfrm", steps=1, draws=2).parse_args(["--data", "x"])
    first, other = made_of(options, ["a", "3 photographs"]), made_of(options, ["a"])
    assert first.startswith("2 draws, seed 7, material ")
    assert first == made_of(options, ["a", "3 photographs"])
    assert first != other
