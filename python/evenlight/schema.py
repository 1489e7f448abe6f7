# SPDX-License-Identifier: Apache-2.0
"""Tables generated from the effects' declarations.

python -m evenlight.schema inc        the table that the plug-in compiles (effects.inc)
python -m evenlight.schema markdown   the document of effects and parameters (docs/effects.md)
python -m evenlight.schema json       the same as JSON, for presets and tools
python -m evenlight.schema update     rewrite effects.inc and docs/effects.md in a checkout
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from .effects import EFFECTS, Effect
from .params import Needs, ParamSpec, param_specs
from .shelf import Shelved, shipped

ROOT = Path(__file__).resolve().parents[2]
TABLE = Path("plugin/schema/effects.inc")
DOCUMENT = Path("docs/effects.md")
#: Options whose names are words of the trade, spelled as the trade spells them.
SPELLINGS = {"srgb": "sRGB", "rec709": "Rec.709"}
_HEAD = """# Effects

Every effect with its parameters: names as in presets, in Python and on the command line, ranges and
defaults. Written by `make update` from the declarations in `python/evenlight/effects`; do not edit.
"""


def option_label(name: str) -> str:
    """An option's name in words, by which hosts that go by texts know it in projects for ever."""
    return SPELLINGS.get(name, name.replace("_", " ").capitalize())


def shown_label(spec: ParamSpec, option: str) -> str:
    """Label of a choice's option in the panel."""
    return spec.words.label(option) or option_label(option)


def effects_inc(effects: Sequence[type[Effect]] = EFFECTS) -> str:
    """The C++ table of `plugin/schema/effect_table.h`, literals only."""
    parts = ["// Written by `python -m evenlight.schema update`; do not edit.\n"]
    for number, effect in enumerate(effects):
        parts += [_effect_params(number, effect), _effect_presets(number, effect)]
    rows = ",\n".join(_effect_row(number, effect) for number, effect in enumerate(effects))
    parts.append(f"inline constexpr Effect kEffects[] = {{\n{rows},\n}};\n")
    return "\n".join(parts)


def _effect_params(number: int, effect: type[Effect]) -> str:
    specs = param_specs(effect.params)
    lines = [
        f"inline constexpr ChoiceOption kOptions{number}_{spec.name}[] = {{"
        + ", ".join(
            f"{{{_text(o)}, {_text(shown_label(spec, o))}, {_text(option_label(o))}}}"
            for o in _options(spec)
        )
        + "};"
        for spec in specs
        if _options(spec)
    ]
    lines += [
        f"inline constexpr Need kNeeds{number}_{spec.name}[] = {{{_needs(specs, spec)}}};"
        for spec in specs
        if spec.needs
    ]
    rows = ",\n".join(f"    {_param_row(number, spec)}" for spec in specs)
    terms = ", ".join(
        f"{{{_index(specs, name)}, {_number(_spec(specs, name), value)}}}"
        for name, value in effect.identity.items()
    )
    lines.append(f"inline constexpr Param kParams{number}[] = {{\n{rows},\n}};")
    if effect.region:
        places = ", ".join(str(_index(specs, name)) for name in effect.region)
        table = f"kRegion{number}[]"
        lines.append(f"inline constexpr std::size_t {table} = {{{places}}};")
    lines.append(f"inline constexpr IdentityTerm kIdentity{number}[] = {{{terms}}};")
    return "\n".join(lines) + "\n"


def _param_row(number: int, spec: ParamSpec) -> str:
    options = f"kOptions{number}_{spec.name}" if _options(spec) else "nullptr"
    cells = (
        f"ParamKind::{_kind(spec)}",
        _text(spec.name),
        _text(spec.label),
        _text(spec.doc.text),
        _text(spec.group.label) if spec.group else "nullptr",
        f"{spec.slider.low if spec.slider else 0:.10g}",
        f"{spec.slider.high if spec.slider else 0:.10g}",
        _number(spec, spec.default),
        options,
        str(len(_options(spec))),
        str(spec.per_frame).lower(),
        f"kNeeds{number}_{spec.name}" if spec.needs else "nullptr",
        str(sum(len(need.params) for need in spec.needs)),
        str(spec.kept).lower(),
    )
    return "{" + ", ".join(cells) + "}"


def _needs(specs: Sequence[ParamSpec], spec: ParamSpec) -> str:
    """Each note's parameters, with the number of the note and the value that is off."""
    return ", ".join(
        f"{{{note}, {_index(specs, name)}, {_off(_spec(specs, name), need)}}}"
        for note, need in enumerate(spec.needs)
        for name in need.params
    )


def _off(spec: ParamSpec, need: Needs) -> str:
    return _number(spec, need.off) if need.off else "0"


def _effect_presets(number: int, effect: type[Effect]) -> str:
    """The presets that come with Evenlight and are for the effect, each with all its values."""
    values: list[str] = []
    names: list[str] = []
    for preset in _presets(effect):
        own = preset.of(effect).stages[0].animations
        numbers = (_number(spec, own[spec.name].values[0]) for spec in param_specs(effect.params))
        table = f"kPreset{number}_{len(names)}"
        values.append(f"inline constexpr double {table}[] = {{{', '.join(numbers)}}};")
        names.append(f"{{{_text(preset.name)}, {_text(preset.about)}, {table}}}")
    rows = ", ".join(names)
    return "\n".join([*values, f"inline constexpr Preset kPresets{number}[] = {{{rows}}};\n"])


def _help(effect: type[Effect]) -> str:
    """The page that hosts show for the effect."""
    presets = "\n".join(f"- **{preset.name}**: {preset.about}" for preset in _presets(effect))
    return f"{effect.description}\n\n{effect.guide}\n\n### Presets\n\n{presets}\n"


def _presets(effect: type[Effect]) -> list[Shelved]:
    return [
        preset
        for preset in shipped()
        if any([stage.effect for stage in graph.stages] == [effect] for graph in preset.graphs)
    ]


def _effect_row(number: int, effect: type[Effect]) -> str:
    specs = param_specs(effect.params)
    cells = (
        _text(effect.identifier),
        _text(effect.label),
        _text(effect.description),
        _text(_help(effect)),
        f"{effect.version[0]}, {effect.version[1]}",
        f"kParams{number}, {len(specs)}",
        f"{_index(specs, effect.window.before)}, {_index(specs, effect.window.after)}",
        str(_index(specs, effect.window.times)) if effect.window.times else "kNoParam",
        f"kIdentity{number}, {len(effect.identity)}",
        f"kPresets{number}, {len(_presets(effect))}",
        ", ".join(
            f"{_index(specs, name)}, {_number(_spec(specs, name), value)}"
            for name, value in effect.masked.items()
        ),
        f"kRegion{number}" if effect.region else "nullptr",
    )
    return "    {" + ", ".join(cells) + "}"


def _kind(spec: ParamSpec) -> str:
    if issubclass(spec.kind, StrEnum):
        return "Choice"
    if spec.file is not None:
        return "File" if spec.file.decides else "Analysis"
    return {float: "Double", int: "Integer", bool: "Boolean"}[spec.kind]


def _options(spec: ParamSpec) -> list[str]:
    return [str(option) for option in spec.kind] if issubclass(spec.kind, StrEnum) else []


def _number(spec: ParamSpec, value: object) -> str:
    options = _options(spec)
    if spec.kind is str:
        return "0"  # files begin with no name
    return str(options.index(str(value))) if options else f"{float(value):g}"  # type: ignore[arg-type]


def _spec(specs: Sequence[ParamSpec], name: str) -> ParamSpec:
    return specs[_index(specs, name)]


def _index(specs: Sequence[ParamSpec], name: str) -> int:
    return next(i for i, spec in enumerate(specs) if spec.name == name)


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=True)


def effects_markdown(effects: Sequence[type[Effect]] = EFFECTS) -> str:
    """The document: a section for each effect, with its sentence and a table of its parameters."""
    sections = [_HEAD]
    for effect in effects:
        rows = "\n".join(
            f"| {spec.label} | `{spec.name}` | {_range(spec)} | {_default(spec)} "
            f"| {spec.doc.text} |"
            for spec in param_specs(effect.params)
        )
        sections.append(
            f"## {effect.label} (`{effect.identifier}`)\n\n{effect.description}\n\n"
            f"| parameter | name | values | default | what it does |\n"
            f"| --- | --- | --- | --- | --- |\n{rows}\n"
        )
    return "\n".join(sections)


def _range(spec: ParamSpec) -> str:
    if spec.slider:
        return f"{spec.slider.low:.10g} to {spec.slider.high:.10g}"
    return ", ".join(_options(spec)) or ("a file" if spec.kind is str else "on, off")


def _default(spec: ParamSpec) -> str:
    if spec.unattended is None:
        return _shown(spec.default)
    return f"{_shown(spec.default)}; {_shown(spec.unattended.default)} outside hosts"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return f"{value:g}" if isinstance(value, int | float) else str(value) or "none"


def effects_json(effects: Sequence[type[Effect]] = EFFECTS) -> str:
    """Every effect and parameter by name, for tools that read no Python."""
    return json.dumps(
        [
            {
                "identifier": effect.identifier,
                "label": effect.label,
                "version": list(effect.version),
                "params": [
                    {
                        "name": spec.name,
                        "label": spec.label,
                        "kind": _kind(spec).lower(),
                        "default": spec.default,
                        "low": spec.slider.low if spec.slider else None,
                        "high": spec.slider.high if spec.slider else None,
                        "options": _options(spec),
                        "hint": spec.doc.text,
                    }
                    for spec in param_specs(effect.params)
                ],
            }
            for effect in effects
        ],
        indent=2,
    )


def update(root: Path) -> None:
    """Rewrite everything that is generated, in the checkout at `root`."""
    (root / TABLE).write_text(effects_inc(), encoding="utf-8")
    (root / DOCUMENT).write_text(effects_markdown(), encoding="utf-8")


def main(arguments: Sequence[str]) -> None:
    """Print one form, or `update` the checkout."""
    forms = {"inc": effects_inc, "markdown": effects_markdown, "json": effects_json}
    if list(arguments) == ["update"]:
        update(ROOT)
    elif len(arguments) == 1 and arguments[0] in forms:
        sys.stdout.write(forms[arguments[0]]())
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
