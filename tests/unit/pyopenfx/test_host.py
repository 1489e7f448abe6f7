# SPDX-License-Identifier: Apache-2.0
from __future__ import annotations

import numpy as np
import pytest

import pyopenfx
from pyopenfx import KNOWN_HOSTS, BundleError, Host, PyOpenFXError


def test_public_names_are_those_exported() -> None:
    public = {name for name in vars(pyopenfx) if not name.startswith("_")}
    assert set(pyopenfx.__all__) <= public
    assert all(hasattr(pyopenfx, name) for name in pyopenfx.__all__)


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(TypeError, match="no option 'temporal'"):
        Host(temporal=True)


def test_an_unknown_suite_is_refused() -> None:
    with pytest.raises(ValueError, match="no suite"):
        Host(withheld_suites=("OfxNoSuite",))
    with pytest.raises(ValueError, match="null_functions"):
        Host(null_functions=(("OfxMessageSuite", 2, "shout"),))


def test_a_missing_bundle_is_said(tmp_path) -> None:
    with Host() as host, pytest.raises(BundleError, match="there is no bundle"):
        host.load(tmp_path / "none.ofx.bundle")


def test_a_bundle_for_another_system_is_said(tmp_path) -> None:
    bundle = tmp_path / "a.ofx.bundle"
    (bundle / "Contents" / "Win64").mkdir(parents=True)
    with Host() as host, pytest.raises(BundleError, match="it holds Win64"):
        host.load(bundle)


def test_a_file_that_is_no_library_is_said(tmp_path) -> None:
    (tmp_path / "a.ofx").write_text("not a library")
    with Host() as host, pytest.raises(BundleError, match="does not load"):
        host.load(tmp_path / "a.ofx")


def test_plugins_are_listed_and_described(subjects) -> None:
    with Host() as host:
        (plugin,) = host.load(subjects())
        assert (plugin.identifier, plugin.version) == ("org.example.subject", (1, 2))
        assert (plugin.label, plugin.grouping) == ("Subject", "Test")
        assert plugin.contexts == ("Filter", "General")
        described = plugin.describe("Filter")
    gain = described.params[0]
    assert (gain.name, gain.type, gain.default) == ("gain", "Double", 1.0)
    assert (gain.minimum, gain.maximum, gain.animates) == (0.0, 4.0, True)
    mode = next(param for param in described.params if param.name == "mode")
    assert mode.choices == ("Plain", "In threads")
    assert [clip.name for clip in described.clips] == ["Source", "Output"]
    assert described.clips[0].components == ("RGBA", "RGB", "Alpha")


def test_a_context_that_is_not_offered_is_refused(subjects) -> None:
    with Host() as host:
        (plugin,) = host.load(subjects())
        with pytest.raises(PyOpenFXError, match="it has Filter, General"):
            plugin.describe("Retimer")


def test_a_withheld_suite_is_not_there(subjects) -> None:
    host = Host(withheld_suites=("OfxImageEffectSuite",))
    with host, pytest.raises(PyOpenFXError, match="Load answered kOfxStatFailed"):
        host.load(subjects())


def test_an_optional_suite_may_be_withheld(subjects) -> None:
    with Host(withheld_suites=(("OfxProgressSuite", 1),)) as host:
        (plugin,) = host.load(subjects())
        with plugin.create() as instance:
            instance.clips["Source"].connect([np.ones((4, 4, 4), np.float32)])
            instance.render(0)
            assert instance.progress == []


@pytest.mark.parametrize("name", KNOWN_HOSTS)
def test_known_hosts_render_the_current_frame(subjects, name: str) -> None:
    frames = [np.full((6, 8, 4), t, np.float32) for t in range(5)]
    with Host.like(name) as host:
        (plugin,) = host.load(subjects())
        with plugin.create("Filter") as instance:
            instance.clips["Source"].connect(frames)
            assert instance.render(3)[0, 0, 0] == 3


def test_mlt_answers_any_time_with_the_current_frame(subjects) -> None:
    frames = [np.full((6, 8, 4), t * t, np.float32) for t in range(5)]
    with Host.like("mlt") as host:
        (plugin,) = host.load(subjects())
        with plugin.create("Filter") as instance:
            instance.clips["Source"].connect(frames)
            instance.params["radius"].set(2)
            assert instance.render(2)[0, 0, 0] == 4  # a true mean would be 6
            assert not instance.clips["Source"].core.properties.get("OfxImageEffectPropFrameRange")


def test_unconnected_clips_claim_to_be_connected_and_are_black(subjects) -> None:
    with Host.like("resolve", project_size=(8.0, 6.0)) as host:
        (plugin,) = host.load(subjects())
        with plugin.create("Filter") as instance:
            get = instance.clips["Source"].core.properties.get
            assert get("OfxImageClipPropConnected") == [1]
            assert np.array_equal(instance.render(0), np.zeros((6, 8, 4), np.float32))


def test_loading_again_after_unloading_works(subjects) -> None:
    for _ in range(2):
        with Host() as host:
            (plugin,) = host.load(subjects())
            with plugin.create() as instance:
                instance.clips["Source"].connect([np.ones((4, 4, 4), np.float32)])
                assert instance.render(0).min() == 1
