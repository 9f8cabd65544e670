"""Installations, renewals, removals and states, on both databases."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from storage import installs as module
from storage.installs import Installs

KEY = "slack:app:T1"


@pytest.fixture
def installs(records):
    return Installs(records.database)


def soon(seconds=60):
    return datetime.now(UTC) + timedelta(seconds=seconds)


async def test_what_is_kept_is_found_and_replaced_by_the_next_installation(installs):
    await installs.keep(KEY, "one", ["slack:T1"])
    first = await installs.find(KEY)
    await installs.keep(KEY, "two", ["slack:T1"])
    second = await installs.find(KEY)

    assert (first.sealed, second.sealed) == ("one", "two")
    assert second.installed_at >= first.installed_at
    assert await installs.tenants_of(KEY) == ("slack:T1",)
    assert await installs.find("slack:app:T2") is None


async def test_keys_are_found_by_what_they_begin_with_and_no_pattern(installs):
    await installs.keep("slack:a_p:T1", "one")
    await installs.keep("slack:app:T1", "two")

    assert [each.key for each in await installs.under("slack:a_p:")] == ["slack:a_p:T1"]


async def test_one_of_many_may_renew_and_none_once_it_is_done(installs):
    await installs.keep(KEY, "old")
    known = await installs.find(KEY)

    chosen = await asyncio.gather(*(installs.begin_renewal(known, soon()) for _ in range(8)))
    assert chosen.count(True) == 1
    assert await installs.end_renewal(known, "new")
    assert not await installs.begin_renewal(known, soon())  # what it knows is not what is kept any more
    assert not await installs.end_renewal(known, "twice")
    assert (await installs.find(KEY)).sealed == "new"


async def test_a_renewal_that_was_given_up_or_died_leaves_it_to_the_next(installs):
    await installs.keep(KEY, "old")
    known = await installs.find(KEY)

    assert await installs.begin_renewal(known, soon())
    assert await installs.end_renewal(known)
    assert await installs.begin_renewal(known, soon(-1))  # its process dies
    assert await installs.begin_renewal(known, soon())


async def test_leaving_forgets_the_tokens_and_remembers_whose_data_must_go(installs):
    await installs.keep(KEY, "secret", ["slack:T1"])
    await installs.serve(KEY, "slack:T2")
    known = await installs.find(KEY)

    assert await installs.leave(KEY, soon(), installed_at=known.installed_at, tenants=["slack:T3"])
    assert await installs.leave(KEY, soon(), installed_at=known.installed_at)  # told twice

    (left,) = await installs.left("slack:app:")
    assert left.sealed is None
    assert await installs.tenants_of(KEY) == ("slack:T1", "slack:T2", "slack:T3")
    await installs.forget(KEY, only_left=True)
    assert await installs.find(KEY) is None
    assert await installs.tenants_of(KEY) == ()


async def test_who_installed_again_did_not_leave(installs):
    await installs.keep(KEY, "old")
    known = await installs.find(KEY)
    await installs.keep(KEY, "new")

    assert not await installs.leave(KEY, soon(), installed_at=known.installed_at)
    await installs.forget(KEY, only_left=True)
    assert (await installs.find(KEY)).sealed == "new"
    assert await installs.left("slack:") == ()


async def test_installing_again_takes_the_leaving_back(installs):
    await installs.keep(KEY, "old")
    known = await installs.find(KEY)
    await installs.leave(KEY, soon(), installed_at=known.installed_at)
    await installs.keep(KEY, "new")

    assert await installs.left("slack:") == ()
    assert (await installs.find(KEY)).sealed == "new"


async def test_what_was_never_kept_can_leave_too(installs):
    assert await installs.leave(KEY, soon(), installed_at=None, tenants=["slack:T1"])

    assert [each.key for each in await installs.left("slack:")] == [KEY]
    assert await installs.tenants_of(KEY) == ("slack:T1",)


async def test_nobody_is_served_by_an_installation_that_is_not_there(installs):
    await installs.serve(KEY, "slack:T1")

    assert await installs.tenants_of(KEY) == ()


async def test_s21_a_state_is_good_once(installs):
    await installs.issue_state("one", soon())

    taken = await asyncio.gather(*(installs.consume_state("one") for _ in range(6)))
    assert taken.count(True) == 1
    assert not await installs.consume_state("never issued")


async def test_s21_a_state_that_is_over_is_good_for_nothing_and_goes(installs):
    await installs.issue_state("old", soon(-1))

    assert not await installs.consume_state("old")
    await installs.issue_state("new", soon())
    assert await installs.consume_state("new")


async def test_a_flood_of_states_does_not_fill_the_database(installs, monkeypatch):
    monkeypatch.setattr(module, "MOST_STATES", 3)
    for number in range(6):
        await installs.issue_state(str(number), soon(60 + number))

    assert [await installs.consume_state(str(number)) for number in range(6)] == [False] * 3 + [True] * 3
