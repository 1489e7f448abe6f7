# SPDX-License-Identifier: Apache-2.0
"""What may be sent to those who help, and the logs that it takes along."""

from __future__ import annotations

import getpass
import json
import logging
import os
import socket
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from evenlight.cli.report_bundle import without_private, write_bundle
from evenlight.errors import MediaError

PRIVATE = [
    "/home/jane/Secret Film/reel 3/shot.0001.exr",
    r"C:\Users\jane\Secret Film\shot.mov",
    "~/Secret/shot.mov",
    "//server/Secret/shot.mov",
    "Secret/cut.edl",
    "SecretShot.mp4",
    f"/home/{getpass.getuser()}/Secret",
]


@pytest.mark.parametrize("text", PRIVATE)
@pytest.mark.parametrize(
    "sentence",
    ["{} cannot be read: it is damaged", "source={}", "'{}'", '"detail": "{}, and more"', "({})"],
)
def test_nothing_private_is_left(text: str, sentence: str) -> None:
    told = without_private(sentence.format(text))
    assert "jane" not in told
    assert "shot" not in told.lower().replace("secret film", "")
    assert "/" not in told
    assert "\\" not in told


def test_what_every_installation_has_stays() -> None:
    for text in ("numpy 2.4.6", "/usr/lib/libpython3.11.so", "15.2 frames/s of 24"):
        assert without_private(text) == text or "frames" in text
    assert without_private(f"{sys.prefix}/bin/python") == "<environment>/bin/python"


def test_user_and_machine_are_not_named() -> None:
    told = without_private(f"on {socket.gethostname()} for {Path.home().name}")
    assert told.split()[1] == "<machine>" or len(socket.gethostname()) < 3
    assert Path.home().name not in told.split() or len(Path.home().name) < 3


def test_a_bundle_holds_findings_system_and_logs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "evenlight-7.log").write_text("INFO renders /home/jane/Secret/a.mov\n" * 40000)
    monkeypatch.setenv("EVENLIGHT_LOG_FOLDER", str(logs))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hidden")
    finding = {"subject": "host", "state": "ok", "detail": "Natron at /opt/Natron/bin/Natron"}
    write_bundle(tmp_path / "report.zip", [finding])
    with zipfile.ZipFile(tmp_path / "report.zip") as bundle:
        parts = {name: bundle.read(name).decode() for name in bundle.namelist()}
    assert set(parts) == {"findings.json", "system.json", "logs/evenlight-7.log"}
    assert json.loads(parts["findings.json"]) == [finding]
    system = json.loads(parts["system.json"])
    assert system["environment"]["EVENLIGHT_LOG_FOLDER"] == "<path>"
    assert "numpy" in system["packages"]
    assert not any(word in text for text in parts.values() for word in ("jane", "Secret", "hidden"))
    with pytest.raises(MediaError, match="exists"):
        write_bundle(tmp_path / "report.zip", [])


LOGS = """
import logging, evenlight.log
evenlight.log.start()
evenlight.log.start()
for number in range(40000):
    logging.getLogger("evenlight.any").info("line %d of a long text", number)
logging.getLogger("evenlight.any").debug("hidden")
"""


@pytest.mark.parametrize(("level", "count"), [("", 0), ("error", 0), ("1", 4), ("info", 4)])
def test_a_log_is_written_where_the_environment_asks_and_never_grows(
    tmp_path: Path, level: str, count: int
) -> None:
    environment = {**os.environ, "EVENLIGHT_LOG": level, "EVENLIGHT_LOG_FOLDER": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", LOGS], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    written = [path for path in tmp_path.glob("evenlight-*.log*") if path.stat().st_size]
    assert len(written) == count
    assert all(path.stat().st_size <= 1 << 20 for path in written)
    assert not any("hidden" in path.read_text() for path in written)
    assert logging.getLogger("evenlight").handlers == []


def test_a_log_that_cannot_be_written_is_not_what_fails(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    folder = tmp_path / "file" / "below"
    environment = {**os.environ, "EVENLIGHT_LOG": "error", "EVENLIGHT_LOG_FOLDER": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", LOGS], env=environment, capture_output=True, text=True, check=True
    )
    assert "no log" in done.stderr
