# SPDX-License-Identifier: Apache-2.0
"""Legal actions in orders by chance; at the end the pixels are those of a new start."""

from __future__ import annotations

import contextlib
import random
from collections.abc import Callable
from dataclasses import dataclass

from .._errors import ActionError, ParamError, PyOpenFXError
from .._instance import Instance
from .._report import Severity
from .case import COUNT, Case, Trial, are_equal
from .check import Check
from .values import any_of

_STEPS = 60  # of one sequence
_MOST_INSTANCES = 4


def orders(case: Case) -> None:
    """Sequences of legal actions by chance."""
    chance = case.random
    with case.opened() as trial:
        with trial.create() as instance:
            trial.reference(instance)
        for number in range(case.effort(2, growth=4)):
            _Sequence(trial, random.Random(f"{chance.random()} {number}")).run()


@dataclass
class _Sequence:
    trial: Trial
    chance: random.Random

    def __post_init__(self) -> None:
        self.instances: list[Instance] = []
        self.told: list[str] = []
        self.steps: list[Callable[[], None]] = [
            self.create, self.destroy, self.render, self.render, self.change, self.change,
            self.key, self.unkey, self.ask, self.purge, self.abort, self.reconnect, self.reload,
        ]  # fmt: skip

    def run(self) -> None:
        """All steps; what fails is reported with the steps before it."""
        try:
            for _ in range(_STEPS):
                step = self.chance.choice(self.steps)
                self.told.append(step.__name__)
                step()
            for instance in self.instances:
                self.told.append("compare")
                self.compare(instance)
        except PyOpenFXError as error:
            self.note(str(error))
        finally:
            while self.instances:
                self.instances.pop().close()

    def note(self, text: str) -> None:
        """Report; the last steps tell how it came to that."""
        last = " ".join(self.told[-12:])
        self.trial.note("sequence", Severity.ERROR, f"{text} (after … {last})")

    def any_instance(self) -> Instance:
        """One that is alive."""
        if not self.instances:
            self.create()
        return self.chance.choice(self.instances)

    def create(self) -> None:
        """One instance more."""
        if len(self.instances) < _MOST_INSTANCES:
            self.instances.append(self.trial.create())

    def destroy(self) -> None:
        """One instance less."""
        if self.instances:
            self.instances.pop(self.chance.randrange(len(self.instances))).close()

    def render(self) -> None:
        """A frame; values by chance may be such that it refuses."""
        instance, time = self.any_instance(), self.chance.randrange(COUNT)
        try:
            self.trial.render(instance, time, scale=self.chance.choice((1.0, 0.5)))
        except ActionError:
            self.told.append("refused")

    def change(self) -> None:
        """A parameter."""
        param = self.chance.choice([*self.any_instance().params.values(), None])
        value = None if param is None else any_of(param.describe(), self.chance)
        if param is not None and value is not None:
            with contextlib.suppress(ParamError):  # what is shown may be wider than what is allowed
                param.set(value)

    def key(self) -> None:
        """A key."""
        params = [p for p in self.any_instance().params.values() if p.describe().animates]
        param = self.chance.choice([*params, None])
        value = None if param is None else any_of(param.describe(), self.chance)
        if param is not None and value is not None:
            with contextlib.suppress(ParamError):
                param.set_key(self.chance.randrange(COUNT), value)

    def unkey(self) -> None:
        """No keys any more."""
        for param in self.any_instance().params.values():
            if param.keys:
                param.delete_keys()

    def ask(self) -> None:
        """A question."""
        instance, time = self.any_instance(), self.chance.randrange(COUNT)
        questions: list[Callable[[], object]] = [
            lambda: instance.region_of_definition(time),
            lambda: instance.regions_of_interest(time),
            lambda: instance.frames_needed(time),
            lambda: instance.is_identity(time),
            instance.clip_preferences,
            instance.sync_private_data,
        ]
        self.chance.choice(questions)()

    def purge(self) -> None:
        """Caches dropped."""
        self.any_instance().purge_caches()

    def abort(self) -> None:
        """A render that is stopped."""
        instance = self.any_instance()
        instance.abort_after(self.chance.randrange(6))
        try:
            instance.render(self.chance.randrange(COUNT))
        except PyOpenFXError:
            self.told.append("aborted")
        finally:
            instance.abort_after(-1)

    def reconnect(self) -> None:
        """The same frames again, by another connection."""
        for clip in self.any_instance().clips.values():
            if clip.is_connected:
                clip.connect(self.trial.frames(clip.supported_components))

    def reload(self) -> None:
        """Unload, and Load again."""
        if self.chance.random() < 0.3:
            while self.instances:
                self.instances.pop().close()
            self.trial.plugin.close()
            self.trial.plugin.open()

    def compare(self, instance: Instance) -> None:
        """Its pixels are those of a new instance with the same values."""
        try:
            got = self.trial.render(instance)
            with instance.clone() as fresh:
                want = self.trial.render(fresh)
        except ActionError:
            return
        if not are_equal([got], [want]):
            self.note("the frame has other pixels than that of a new instance of the same values")


CHECKS = (Check("orders", 5, "legal actions in orders by chance", orders),)
