"""Which models are in memory: those in use stay, the others leave in the order of their last use."""

import asyncio
import gc
import weakref
from dataclasses import dataclass, field

import pytest

from generator.diffusion.residency import Residency
from generator.models.card import ModelCard
from tests.generator.diffusion.tiny import card

SIZE = 100


@dataclass(eq=False, slots=True, weakref_slot=True)
class Model:
    name: str


@dataclass(slots=True)
class Shelf:
    """Loads models that are nothing but names."""

    loads: list[str] = field(default_factory=list)
    drops: list[str] = field(default_factory=list)
    broken: set[str] = field(default_factory=set)

    async def load(self, wanted: ModelCard) -> Model:
        await asyncio.sleep(0)
        self.loads.append(wanted.id)
        if wanted.id in self.broken:
            raise OSError(wanted.id)
        return Model(wanted.id)

    async def drop(self, model: Model) -> None:
        await asyncio.sleep(0)
        self.drops.append(model.name)

    def residency(self, room: int) -> Residency[Model]:
        return Residency(self.load, self.drop, room * SIZE)


def named(name: str) -> ModelCard:
    return card("flux2", id=name, transformer=SIZE)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


async def use(residency: Residency[Model], name: str) -> None:
    async with residency.lease(named(name)) as model:
        assert model.name == name


async def test_the_model_that_was_used_longest_ago_makes_room(shelf: Shelf) -> None:
    residency = shelf.residency(2)
    for name in ("a", "b", "a", "c", "a"):
        await use(residency, name)

    assert shelf.loads == ["a", "b", "c"]
    assert shelf.drops == ["b"]
    assert residency.resident == ("c", "a")


async def test_a_model_in_use_stays_although_it_was_used_longest_ago(shelf: Shelf) -> None:
    residency = shelf.residency(2)
    async with residency.lease(named("a")):
        await use(residency, "b")
        await use(residency, "c")
        assert shelf.drops == ["b"]


async def test_who_wants_it_at_the_same_time_waits_for_one_loading(shelf: Shelf) -> None:
    residency = shelf.residency(1)
    await asyncio.gather(*(use(residency, "a") for _ in range(5)))

    assert shelf.loads == ["a"]


async def test_two_models_that_do_not_fit_together_take_turns(shelf: Shelf) -> None:
    residency, order = shelf.residency(1), []

    async def wanting(name: str) -> None:
        for _ in range(3):
            async with residency.lease(named(name)):
                order.append(name)
                await asyncio.sleep(0)

    async with asyncio.timeout(5), asyncio.TaskGroup() as tasks:
        for name in ("a", "a", "b", "b"):
            tasks.create_task(wanting(name))

    assert sorted(order) == ["a"] * 6 + ["b"] * 6
    longest = max(len(run) for run in "".join(order).replace("ab", "a b").replace("ba", "b a").split())
    assert longest <= 4  # nobody is served twice before whoever waited for room


async def test_a_model_that_cannot_be_loaded_leaves_nothing_behind_and_may_come_later(shelf: Shelf) -> None:
    residency = shelf.residency(1)
    shelf.broken.add("a")
    with pytest.raises(OSError, match="a"):
        await use(residency, "a")
    await use(residency, "b")
    shelf.broken.clear()
    await use(residency, "a")

    assert residency.resident == ("a",)
    assert shelf.drops == ["b"]


async def test_whoever_gives_up_waiting_for_room_leaves_the_door_open(shelf: Shelf) -> None:
    residency = shelf.residency(1)
    async with residency.lease(named("a")):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await use(residency, "b")
        await use(residency, "a")
    await use(residency, "b")

    assert residency.resident == ("b",)


async def test_a_dropped_model_is_held_by_nobody(shelf: Shelf) -> None:
    residency = shelf.residency(1)
    async with residency.lease(named("a")) as model:
        gone = weakref.ref(model)
    del model
    await use(residency, "b")
    gc.collect()

    assert gone() is None


async def test_clearing_waits_for_whoever_uses_a_model(shelf: Shelf) -> None:
    residency, done = shelf.residency(2), asyncio.Event()

    async def using() -> None:
        async with residency.lease(named("a")):
            await done.wait()
            assert shelf.drops == []

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(using())
        await asyncio.sleep(0.01)
        tasks.create_task(residency.clear())
        await asyncio.sleep(0.01)
        done.set()

    assert shelf.drops == ["a"]
    assert residency.resident == ()
