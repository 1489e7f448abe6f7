# The commands that people and CI use. `make demo` and `make test` do all their own set-up in .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CLIP ?=
DATA ?=
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet

CPP_SOURCES = $(shell git ls-files '*.cpp' '*.h')
COMPILED = CMakeLists.txt pyproject.toml python/pyopenfx/pyproject.toml $(shell find plugin python -name '*.cpp' -o -name '*.h' -o -name '*.inc' -o -name '*.in' -o -name 'CMakeLists.txt' -o -name '*.map')

define REQUIREMENTS
import pathlib, sys, sysconfig
if sys.version_info < (3, 11):
    sys.exit("Python 3.11 or newer is needed; name one with PYTHON=python3.12")
if not (pathlib.Path(sysconfig.get_path("include")) / "Python.h").exists():
    sys.exit("Python's headers are missing: install python3-dev (Debian, Ubuntu) or name another Python with PYTHON=")
try:
    import ensurepip
except ImportError:
    sys.exit("Python cannot make environments: install python3-venv (Debian, Ubuntu)")
endef
export REQUIREMENTS

.DEFAULT_GOAL := build
.PHONY: help build demo test check check-windows audit lock dist reproducible soak update docs pictures bench clean train-models calibrate-models update-models test-models test-browser test-hosts

help:  ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*  ## /\1\t/p' $(MAKEFILE_LIST) | expand -t 20

build: $(VENV)/built  ## the package, its plug-in and its tools, in .venv

$(VENV)/tools: pyproject.toml
	@$(PYTHON) -c "$$REQUIREMENTS"
	test -x $(BIN)/pip || $(PYTHON) -m venv $(VENV)
	$(PIP) 'pip>=25.1'
	$(PIP) --group build --group test --group check
	touch $@

$(VENV)/built: $(VENV)/tools $(COMPILED)
	@$(BIN)/python -m pip uninstall --quiet --yes evenlight # before: an older one held pyopenfx, too
	$(PIP) --no-build-isolation --editable python/pyopenfx --editable '.[demo]'
	$(BIN)/evenlight plugin where
	touch $@

demo: build  ## a flickering clip through the plug-in, with pictures; CLIP=film.mov for your own
	$(BIN)/python -m evenlight.demo $(CLIP)

test: build  ## all tests of the product
	$(BIN)/cmake -S . -B build/tests -G Ninja -DCMAKE_MAKE_PROGRAM=$(abspath $(BIN))/ninja \
	    -DPython_EXECUTABLE=$(abspath $(BIN))/python \
	    -Dpybind11_DIR=$$($(BIN)/python -m pybind11 --cmakedir) -DEVENLIGHT_TESTS=ON \
	    -DEVENLIGHT_SANITIZE=ON -DCMAKE_BUILD_TYPE=Debug > build/tests.log || { cat build/tests.log; false; }
	$(BIN)/cmake --build build/tests --target cpp_tests
	$(BIN)/ctest --test-dir build/tests --output-on-failure
	$(BIN)/python -m pytest

# clang-tidy reads the flags of a configured tree in which nothing is built, and what has passed once
# is looked at again only when some file of it has changed.
TIDY := build/tidy
$(TIDY)/passed: .clang-tidy $(CPP_SOURCES) $(VENV)/built
	$(BIN)/cmake -S . -B $(TIDY) -G Ninja -DCMAKE_MAKE_PROGRAM=$(abspath $(BIN))/ninja \
	    -DPython_EXECUTABLE=$(abspath $(BIN))/python \
	    -Dpybind11_DIR=$$($(BIN)/python -m pybind11 --cmakedir) -DEVENLIGHT_TESTS=ON > $(TIDY).log \
	    || { cat $(TIDY).log; false; }
	$(BIN)/run-clang-tidy.py -p $(TIDY) -quiet -clang-tidy-binary $(abspath $(BIN))/clang-tidy \
	    > $(TIDY).log 2>&1 || { grep -A4 'error:' $(TIDY).log; false; }
	touch $@

check: build  ## style, types, layers, C++ warnings, the documentation site
	$(BIN)/ruff check python export release tests
	$(BIN)/ruff format --check python export release tests
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/clang-format --dry-run --Werror $(CPP_SOURCES)
	$(BIN)/python -m pytest -q tests/unit/test_schema.py tests/unit/test_documents.py
	$(MAKE) --no-print-directory audit docs $(TIDY)/passed

audit: build  ## the locked packages against the list of known weaknesses, where it can be reached
	$(BIN)/python -m tests.audit requirements.lock

# Releases: the lock, the bill of materials, and wheels whose bytes anybody can make again.
lock: build  ## requirements.lock: every package by version and hash, for all supported Pythons
	$(PIP) --group release
	$(BIN)/uv pip compile pyproject.toml --group pyproject.toml:build --universal --python-version 3.11 \
	    --generate-hashes --no-annotate --custom-compile-command 'make lock' \
	    --no-emit-package pyopenfx --upgrade --quiet -o requirements.lock

# Of the last commit alone, in a folder of its own: what is not committed is not in it.
dist: build  ## all that is handed out, in dist, and tried: wheels, whole bundle, source, bill of materials
	$(PIP) --group release
	rm -rf dist
	nice $(BIN)/python -m release dist
	EVENLIGHT_DIST=$(abspath dist) $(BIN)/python -m pytest tests/dist

# The plug-in for Windows by MinGW-w64, and where Wine is, its shell in a small host and its
# line to a child.
check-windows: build  ## the plug-in's C++ on Windows
	$(BIN)/cmake -S . -B build/windows -G Ninja -DCMAKE_MAKE_PROGRAM=$(abspath $(BIN))/ninja \
	    --toolchain release/windows.cmake -DEVENLIGHT_ONLY_PLUGIN=ON > build/windows.log || { cat build/windows.log; false; }
	$(BIN)/cmake --build build/windows
	EVENLIGHT_WINDOWS=$(abspath build/windows) $(BIN)/python -m pytest tests/dist

reproducible: build  ## both wheels twice, in two folders: the same bytes
	$(BIN)/python -m tests.reproducible

update: build  ## what is generated: schema, stored pictures, format
	$(BIN)/python -m evenlight.schema update
	$(BIN)/python -m evenlight.io.media_table
	$(BIN)/python -c 'import pyopenfx.probe.tables as t; print(t.names_inc(), end="")' > python/pyopenfx/probe/src/names.inc
	$(BIN)/python -m tests.golden.update
	$(BIN)/ruff check --fix --quiet python export release tests
	$(BIN)/ruff format --quiet python export release tests
	$(BIN)/clang-format -i $(CPP_SOURCES)

docs: build  ## the documentation site, in build/site
	$(PIP) --group docs
	$(BIN)/sphinx-build -q -W --keep-going -b html docs build/site

pictures: build  ## the pictures of docs/guide.md; DATA=folder
	$(PIP) --group pictures
	$(BIN)/python -m tests.bench.pictures --data $(DATA)

# The figures of docs/reliability.md take hours; CI runs the short form.
SOAK_MESSAGES = $(if $(SHORT),20000,1000000)
THREADS := build/threads
soak: build  ## hard conditions for a long time; SHORT=1 for minutes
	mkdir -p build
	$(BIN)/cmake -S . -B build/tests -G Ninja -DCMAKE_MAKE_PROGRAM=$(abspath $(BIN))/ninja \
	    -DPython_EXECUTABLE=$(abspath $(BIN))/python \
	    -Dpybind11_DIR=$$($(BIN)/python -m pybind11 --cmakedir) -DEVENLIGHT_TESTS=ON \
	    -DEVENLIGHT_SANITIZE=ON -DCMAKE_BUILD_TYPE=Debug > build/soak.log
	$(BIN)/cmake --build build/tests --target fuzz_channel >> build/soak.log
	build/tests/tests/cpp/fuzz_channel $(SOAK_MESSAGES)
	$(BIN)/cmake -S . -B $(THREADS) -G Ninja -DCMAKE_MAKE_PROGRAM=$(abspath $(BIN))/ninja \
	    -DPython_EXECUTABLE=$(abspath $(BIN))/python \
	    -Dpybind11_DIR=$$($(BIN)/python -m pybind11 --cmakedir) -DEVENLIGHT_TESTS=ON \
	    -DEVENLIGHT_SANITIZE_THREADS=ON -DCMAKE_BUILD_TYPE=Debug >> build/soak.log
	$(BIN)/cmake --build $(THREADS) --target fuzz_channel plugin_tests >> build/soak.log
	$(THREADS)/tests/cpp/plugin_tests
	$(THREADS)/tests/cpp/fuzz_channel $(if $(SHORT),2000,100000)
	$(BIN)/python -m tests.soak $(if $(SHORT),--short)

bench: build  ## quality and speed, beside peers; DATA=folder
	$(BIN)/python -m tests.bench $(if $(DATA),--data $(DATA))

# Networks: torch lives in an environment of its own, for rendering never needs it.
TRAIN_VENV := .venv-train
TRAIN := $(TRAIN_VENV)/bin/python
CHECKPOINTS := build/training
CALIBRATE = $(TRAIN) -m export.calibrate --data $(DATA) --trained $(CHECKPOINTS)

# That environment lies over .venv, so that nothing is built or installed twice.
define LAYERED
import pathlib, sys, sysconfig
own = pathlib.Path(sysconfig.get_path("purelib"))
below = pathlib.Path(sys.argv[1]).resolve() / own.relative_to(sys.prefix)
(own / "below.pth").write_text(f"import site; site.addsitedir({str(below)!r})")
endef
export LAYERED

$(TRAIN_VENV)/built: $(VENV)/built
	test -x $(TRAIN) || $(PYTHON) -m venv $(TRAIN_VENV)
	$(TRAIN) -c "$$LAYERED" $(VENV)
	$(TRAIN) -m pip install --quiet 'evenlight[train]'
	touch $@

train-models: $(TRAIN_VENV)/built  ## train the networks; DATA=folder, hours
	$(TRAIN) -m evenlight.training.lfista --data $(DATA) --out $(CHECKPOINTS)/lfista.safetensors
	$(TRAIN) -m evenlight.training.blotchnet --data $(DATA) --out $(CHECKPOINTS)/blotchnet.safetensors \
	    --start export/checkpoints/blotchnet.safetensors
	$(TRAIN) -m evenlight.training.gfrm --data $(DATA) --out $(CHECKPOINTS)/gfrm.safetensors
	$(CALIBRATE) gfrm
	$(TRAIN) -m export --trained $(CHECKPOINTS) gfrm
	$(TRAIN) -m evenlight.training.tcm --data $(DATA) --out $(CHECKPOINTS)/tcm.safetensors
	$(CALIBRATE) blotchnet tcm
	$(TRAIN) -m evenlight.training.lfrm --data $(DATA) --out $(CHECKPOINTS)/lfrm.safetensors

# GFRM first, and exported, for TCM's examples are made of what it leaves.
calibrate-models: $(TRAIN_VENV)/built  ## calibrate trained networks
	$(CALIBRATE) gfrm
	$(TRAIN) -m export --trained $(CHECKPOINTS) gfrm
	$(CALIBRATE) blotchnet tcm

update-models: $(TRAIN_VENV)/built  ## export trained networks into the package
	$(TRAIN) -m export --trained $(CHECKPOINTS)

test-models: $(TRAIN_VENV)/built  ## tests of training and export, with torch
	$(TRAIN) -m pytest tests/models

# Hosts that we did not write: MLT of Debian's packages (250 MB), unpacked below build/hosts.
test-hosts: build  ## the effects in MLT
	EVENLIGHT_HOSTS=$(abspath build/hosts) $(BIN)/python -m pytest tests/hosts

# Pages in a browser: Playwright, and Chromium of the system.
test-browser: build  ## pages in Chromium
	$(PIP) --group browser
	$(BIN)/python -m pytest tests/browser

clean:  ## remove all that was made
	rm -rf $(VENV) $(TRAIN_VENV) build demo bench dist
