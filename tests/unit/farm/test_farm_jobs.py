# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
import yaml
from openjd.model import create_job, decode_job_template, preprocess_job_parameters

from evenlight.batch import RenderJob
from evenlight.cli.main import run
from evenlight.errors import ParamError
from evenlight.farm import plan, plan_natron
from evenlight.farm.openjd import template
from evenlight.graph import Graph

Make = Callable[..., Path]


def test_chunks_of_a_plan_end_at_cuts(tmp_path: Path) -> None:
    graph = Graph.of("deflicker").with_cuts([41])
    job = RenderJob(tmp_path / "in.mov", tmp_path / "out.mov", graph, chunk=32)
    steps = plan(job, range(1, 101), "a job").steps
    assert [step.name for step in steps] == ["Render", "Assemble"]
    assert [(c[0], c[-1]) for c in steps[0].chunks] == [(1, 32), (33, 40), (41, 72), (73, 100)]
    assert steps[1].needs == ("Render",)


def test_decisions_travel_with_the_job(tmp_path: Path) -> None:
    path = tmp_path / "elsewhere" / "repairs.jsonl"
    graph = Graph.of("deflicker,deblotch").with_settings([f"repairs={path}"])
    job = RenderJob(tmp_path / "in.mov", tmp_path / "out.mov", graph)
    planned = plan(job, range(1, 9), "a job")
    command = planned.steps[0].command
    assert command[command.index("--repairs") + 1] == "{repairs}"
    assert planned.repairs == path
    assert planned.graph is not None
    assert planned.graph.repairs == (), "the preset names no file of one machine"
    found, values = template(planned, "evenlight", tmp_path / "jobs")
    assert values["Repairs"] == str(path)
    (wanted,) = [one for one in found["parameterDefinitions"] if one["name"] == "Repairs"]
    assert (wanted["type"], wanted["dataFlow"], wanted["objectType"]) == ("PATH", "IN", "FILE")
    graph = Graph.of("deblotch,restore").with_settings(["deblotch.repairs=a", "restore.repairs=b"])
    with pytest.raises(ParamError, match="one repairs file"):
        plan(RenderJob(tmp_path / "in.mov", tmp_path / "o.mov", graph), range(1, 9), "a job")


@pytest.mark.parametrize(
    ("target", "beside"), [("out.mov", "out.mov"), ("out.####.exr", "out.exr")]
)
def test_analyses_come_before_and_cover_what_later_effects_ask_for(
    tmp_path: Path, target: str, beside: str
) -> None:
    graph = Graph.of("deflicker,deblotch").with_settings(["analysis=old", "analysis_offset=7"])
    graph = graph.with_cuts([41])
    assert graph.begun_with(range(11, 101), range(1, 101)) == range(5, 101)
    source = tmp_path / "in.####.dpx"
    job = RenderJob(source, tmp_path / target, graph, chunk=32, threads=2)
    planned = plan(job, range(11, 101), "a job", analysed=range(9, 101))
    analyse, merge, render, last = planned.steps
    assert [step.needs for step in planned.steps] == [(), ("Analyse",), ("Merge",), ("Render",)]
    assert [(c[0], c[-1]) for c in analyse.chunks] == [(9, 40), (41, 72), (73, 100)]
    assert [(c[0], c[-1]) for c in render.chunks] == [(11, 40), (41, 72), (73, 100)]
    assert (merge.chunks, last.chunks) == ((), ())
    assert planned.analysis == tmp_path / f"{beside}.evenlight"
    assert planned.graph is not None
    first = planned.graph.stages[0].params_at(1)
    assert (first.analysis, first.analysis_offset) == ("", 0)  # type: ignore[attr-defined]
    for step in (analyse, render):
        for name, value in (("--threads", "2"), ("--missing", "error")):
            assert step.command[step.command.index(name) + 1] == value
    assert merge.command[merge.command.index("--frames") + 1] == "9-100"

    found, values = template(planned, "evenlight", tmp_path)
    decode_job_template(template=found)
    assert values == {}
    parameter = {p["name"]: p for p in found["parameterDefinitions"]}["AnalysisFolder"]
    assert (parameter["dataFlow"], parameter["objectType"]) == ("INOUT", "DIRECTORY")
    words = [step["script"]["actions"]["onRun"]["args"] for step in found["steps"]]
    where = f"{{{{Param.AnalysisFolder}}}}/{beside}.evenlight"
    chunk = f"{where}.{{{{Task.Param.First}}}}-{{{{Task.Param.Last}}}}"
    assert words[0][words[0].index("--to") + 1] == chunk
    assert words[1][1:5] == ["--merge", f"{where}.*", "--to", where]
    assert words[2][words[2].index("--analysis") + 1] == where
    assert "embeddedFiles" in found["steps"][0]["script"]
    _, values = template(planned, "evenlight", tmp_path / "jobs")
    assert values["AnalysisFolder"] == str(tmp_path)


def test_analyses_are_for_chains_that_begin_with_an_effect_that_takes_one(tmp_path: Path) -> None:
    job = RenderJob(tmp_path / "in.mov", tmp_path / "out.mov", Graph.of("deblotch,deflicker"))
    with pytest.raises(ParamError, match="begins with deblotch, which takes no analysis"):
        plan(job, range(1, 9), "a job", analysed=range(1, 9))


@pytest.mark.parametrize("target", ["out.mov", "out.####.exr"])
def test_templates_are_what_the_standard_wants(tmp_path: Path, target: str) -> None:
    graph = Graph.of("deblotch,deflicker").with_cuts([41, 60])
    source, mask = tmp_path / "scans" / "in.####.dpx", tmp_path / "mask.png"
    job = RenderJob(source, tmp_path / target, graph, mask=mask, chunk=16)
    found, values = template(plan(job, range(1, 101), "a job"), "evenlight", tmp_path)
    assert values == {}
    decoded = decode_job_template(template=found)
    parameters = preprocess_job_parameters(
        job_template=decoded,
        job_parameter_values={},
        job_template_dir=tmp_path,
        current_working_dir=tmp_path,
    )
    made = create_job(job_template=decoded, job_parameter_values=parameters)
    space = made.steps[0].parameterSpace
    assert space is not None
    told = {name: list(p.range) for name, p in space.taskParameterDefinitions.items()}
    assert told == {
        "First": [1, 17, 33, 41, 57, 60, 76, 92],
        "Last": [16, 32, 40, 56, 59, 75, 91, 100],
    }
    words = found["steps"][0]["script"]["actions"]["onRun"]["args"]
    assert "{{Param.SourceFolder}}/in.####.dpx" in words
    assert ("--part" in words) == (target == "out.mov")
    outside, values = template(plan(job, range(1, 101), "a job"), "evenlight", tmp_path / "scans")
    assert values == {"TargetFolder": str(tmp_path), "MaskFolder": str(tmp_path)}
    decode_job_template(template=outside)


@pytest.mark.parametrize(("settings", "falls"), [([], False), (["fall_back=on"], True)])
def test_nodes_fall_back_only_where_that_was_asked_for(
    tmp_path: Path, settings: list[str], falls: bool
) -> None:
    graph = Graph.of("restore").with_settings(settings)
    job = RenderJob(tmp_path / "in.mov", tmp_path / "out.mov", graph)
    found, _ = template(plan(job, range(1, 9), "a job"), "evenlight", tmp_path)
    (preset,) = found["steps"][0]["script"]["embeddedFiles"]
    (stored,) = json.loads(preset["data"])["effects"]
    assert stored["params"]["fall_back"] is falls


def test_names_that_templates_would_misread_are_refused(tmp_path: Path) -> None:
    job = RenderJob(tmp_path / "in.mov", tmp_path / "{{a}}.####.exr", Graph.of("deflicker"))
    with pytest.raises(ParamError, match="takes for a field"):
        template(plan(job, range(1, 9), "a job"), "evenlight", tmp_path)


def test_natron_renders_its_writer(tmp_path: Path) -> None:
    job = plan_natron(
        tmp_path / "a.ntp", "Write1", tmp_path / "o.####.exr", range(1, 51), 20, "a job"
    )
    found, _ = template(job, "evenlight", tmp_path)
    decode_job_template(template=found)
    action = found["steps"][0]["script"]["actions"]["onRun"]
    assert action["command"] == "NatronRenderer"
    assert action["args"] == [
        "-w",
        "Write1",
        "{{Task.Param.First}}-{{Task.Param.Last}}",
        "{{Param.Source}}",
    ]
    assert found["steps"][1]["dependencies"] == [{"dependsOn": "Render"}]


def test_opencue_gets_a_layer_for_each_shot(make_video: Make, tmp_path: Path) -> None:
    source, job = make_video(n_frames=40), tmp_path / "job.xml"
    (tmp_path / "cut.otio").write_text(_timeline((15, 25)))
    arguments = [str(source), "-o", str(tmp_path / "o.mp4"), "--graph", "deflicker"]
    arguments += ["--edit-list", str(tmp_path / "cut.otio"), "--chunk", "10", "--analyse"]
    command = [sys.executable, "-m", "evenlight.cli", "submit", *arguments, "--opencue", str(job)]
    # PyOutline keeps a session for each job it makes, in the home folder unless told otherwise
    environment = os.environ | {"OUTLINE_OUTLINE_SESSION_DIR": str(tmp_path / "sessions")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    root = ElementTree.parse(job).getroot()
    layers = {layer.get("name"): layer for layer in root.iter("layer")}
    told = {name: (one.findtext("range"), one.findtext("chunk")) for name, one in layers.items()}
    assert told == {
        "analyse_shot_1": ("1-15", "10"),
        "analyse_shot_2": ("16-40", "10"),
        "merge": ("1", "1"),
        "render_shot_1": ("1-15", "10"),
        "render_shot_2": ("16-40", "10"),
        "assemble": ("1", "1"),
    }
    words = layers["render_shot_2"].findtext("cmd") or ""
    assert "--frames '#FRAME_START#-#FRAME_END#'" in words
    assert f"--analysis {tmp_path / 'o.mp4.evenlight'} " in words
    words = layers["analyse_shot_1"].findtext("cmd") or ""
    assert f"--to '{tmp_path / 'o.mp4.evenlight'}.#FRAME_START#-#FRAME_END#'" in words
    words = layers["merge"].findtext("cmd") or ""
    assert f"--merge '{tmp_path / 'o.mp4.evenlight'}.*'" in words
    words = layers["render_shot_2"].findtext("cmd") or ""
    assert str(tmp_path / "job.preset.json") in words
    assert (tmp_path / "job.preset.json").is_file()
    depends = {(d.findtext("deplayer"), d.findtext("onlayer")) for d in root.iter("depend")}
    shots = [f"shot_{number}" for number in (1, 2)]
    assert depends == {
        *(("merge", f"analyse_{shot}") for shot in shots),
        *((f"render_{shot}", "merge") for shot in shots),
        *(("assemble", f"render_{shot}") for shot in shots),
    }


def _timeline(lengths: tuple[int, ...]) -> str:
    import opentimelineio as otio

    track = otio.schema.Track(kind=otio.schema.TrackKind.Video)
    for frames in lengths:
        start, length = (otio.opentime.RationalTime(n, 24) for n in (0, frames))
        track.append(otio.schema.Clip(source_range=otio.opentime.TimeRange(start, length)))
    timeline = otio.schema.Timeline()
    timeline.tracks.append(track)
    text: str = otio.adapters.write_to_string(timeline, "otio_json")
    return text


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "--openjd FILE.yaml or --opencue"),
        (["--openjd", "a.yaml", "--opencue", "a.xml"], "--openjd FILE.yaml or --opencue"),
        (["--openjd", "a.yaml"], "name the effects with --graph"),
        (["--openjd", "a.yaml", "--graph", "deflicker", "--frames", "1-99"], "has the frames 1 to"),
        (["--openjd", "a.yaml", "--graph", "deblotch", "--analyse"], "takes no analysis"),
    ],
)
def test_wrong_submissions(
    make_video: Make,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    sentence: str,
) -> None:
    source = make_video()
    monkeypatch.chdir(tmp_path)
    assert run(["submit", str(source), "-o", "o.mp4", *arguments]) == 2
    assert sentence in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["in.mp4"]


def test_existing_jobs_stay(
    make_video: Make, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    job = tmp_path / "job.yaml"
    job.write_text("mine")
    command = ["submit", str(make_video()), "-o", str(tmp_path / "o.mp4"), "--graph", "restore"]
    assert run([*command, "--openjd", str(job)]) == 1
    assert "--overwrite" in capsys.readouterr().err
    assert job.read_text() == "mine"
    assert run([*command, "--openjd", str(job), "--overwrite"]) == 0
    assert yaml.safe_load(job.read_text())["specificationVersion"] == "jobtemplate-2023-09"
    analysis = tmp_path / "o.mp4.evenlight"
    analysis.write_text("mine")
    capsys.readouterr()
    other = [*command, "--analyse", "--openjd", str(tmp_path / "other.yaml")]
    assert run(other) == 1
    assert f"{analysis} exists" in capsys.readouterr().err
    assert not (tmp_path / "other.yaml").exists()
    assert run([*other, "--overwrite"]) == 0


def test_natron_projects_must_tell_their_frames(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = tmp_path / "a.ntp"
    project.write_text("<Project/>")
    command = ["submit", str(project), "--openjd", str(tmp_path / "a.yaml")]
    assert run([*command, "-o", "o.####.exr"]) == 2
    assert "give --frames" in capsys.readouterr().err
    assert run([*command, "-o", "o.mov", "--frames", "1-9"]) == 2
    assert "as images" in capsys.readouterr().err
    assert run([*command, "-o", "o.####.exr", "--frames", "1-9", "--analyse"]) == 2
    assert "is not analysed" in capsys.readouterr().err
    assert run([*command, "-o", "o.####.exr", "--frames", "1-9"]) == 0
