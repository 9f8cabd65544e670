"""Workspaces that remove the app: tokens go at once, data after them, and nothing of who is still there; S21."""

import json
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from pydantic import SecretStr

from bots.slack import leaving as module
from bots.slack.leaving import Leaving
from bots.slack.workspaces import NotInstalled
from storage.errors import DatabaseUnavailable
from storage.rooms import RoomRecord
from tests.chat.images import keep
from tests.fakes.slack import FakeSlack
from tests.slack.web import listening


@asynccontextmanager
async def installed(folder, **more):
    """A fake Slack, a listener, and a workspace that installed the app."""
    async with FakeSlack() as fake, listening(folder, fake) as listener:
        fake.delivery.retry_delays = (0.05, 0.05, 0.05)
        team = fake.add_team("home", **more)
        await listener.install(team)
        yield fake, listener, team


async def fill(listener, team, job="j1"):
    """An image, a room and a job that waits, all of a workspace."""
    app, tenant = listener.session.app, f"slack:{team}"
    more = {"tenant": tenant, "requester": f"{tenant}:U1", "conversation": f"{tenant}:C1:1.2"}
    image = await keep(app, f"slack:{team}:{job}", **more)
    await app.chats.open_room(
        RoomRecord(place=f"{tenant}:C1:1.2", conversation="c", tenant=tenant, owned=True, opened_at=datetime.now(UTC))
    )
    waiting = f"slack:{team}:{job}:waiting"
    await app.records.open_job(waiting, **more, private=False)
    listener.parts.remember_name(f"{tenant}:U1", "Ana")
    return image, waiting


async def is_there(listener, image, waiting):
    """Whether the image, its bytes, its tenant's room and the waiting job are all there."""
    app = listener.session.app
    found = {
        await app.records.generation(image.id) is not None,
        (await app.records.job(waiting)).status != "done",
        bool(await app.chats.rooms_of(image.tenant)),
        f"{image.tenant}:U1" in listener.parts.names,
    }
    assert len(found) == 1, found
    return found.pop()


def event(team, kind="app_uninstalled", at=None, **more):
    body = {
        "type": "event_callback",
        "team_id": team.id,
        "event_id": "Ev1",
        "event_time": int(time.time()) if at is None else at,
        "event": {
            "type": kind,
            **({"tokens": {"oauth": [], "bot": ["U1"]}} if kind == "tokens_revoked" else {}),
            **more,
        },
        "authorizations": [],
    }
    return json.dumps(body | ({"enterprise_id": team.enterprise} if team.enterprise else {}))


async def settled(listener):
    await listener.parts.later.settle()


async def test_s21_who_removes_the_app_takes_tokens_and_data_along_and_nobody_elses(tmp_path):
    async with installed(tmp_path) as (fake, listener, team):
        other = fake.add_team("elsewhere")
        await listener.install(other)
        theirs, others = await fill(listener, team.id), await fill(listener, other.id, "j2")
        await listener.parts.workspaces.find(team.id)
        fake.world.people.leave(team)
        store = listener.installed.store

        await fake.wait_until(lambda: len(fake.sent) >= 2 and fake.delivery.pending == 0)
        await settled(listener)
        assert not await is_there(listener, *theirs)
        assert await is_there(listener, *others)
        assert await store.installs.find(store.key(team.id)) is None
        with pytest.raises(NotInstalled):
            await listener.parts.workspaces.find(team.id)
        assert (await listener.parts.workspaces.find(other.id)).client.token == other.token


async def test_s21_the_tokens_are_gone_before_slack_is_acknowledged_and_the_rest_later(tmp_path):
    async with installed(tmp_path) as (_, listener, team):
        theirs = await fill(listener, team.id)
        later: list[Any] = []
        await Leaving(replace(listener.parts, later=later.append)).removed(json.loads(event(team)))
        (left,) = await store_of(listener).installs.left("slack:")

        assert left.sealed is None
        assert await is_there(listener, *theirs)
        (purge,) = later
        await purge()
        assert not await is_there(listener, *theirs)


async def test_s21_a_purge_that_a_process_did_not_end_is_ended_by_the_next(tmp_path):
    async with FakeSlack() as fake:
        team = fake.add_team("home")
        async with listening(tmp_path, fake) as listener:
            await listener.install(team)
            theirs = await fill(listener, team.id)
            store = listener.installed.store
            known = await store.installs.find(store.key(team.id))
            assert known is not None
            await store.installs.leave(known.key, datetime.now(UTC), installed_at=known.installed_at)
            assert await is_there(listener, *theirs)
        async with listening(tmp_path, fake) as listener:
            await settled(listener)
            listener.parts.names.clear()
            assert not await is_there(listener, *theirs)
            assert await store_of(listener).installs.left("slack:") == ()


def store_of(listener):
    return listener.installed.store


async def test_s21_being_told_again_and_again_changes_nothing_more(tmp_path):
    async with installed(tmp_path) as (_, listener, team):
        theirs = await fill(listener, team.id)
        replies = [await listener.post(event(team, kind)) for kind in ("tokens_revoked", "app_uninstalled") * 2]
        await settled(listener)

        assert [reply.status for reply in replies] == [200] * 4
        assert not await is_there(listener, *theirs)


async def test_s21_a_late_event_does_not_undo_an_installation_that_came_after_it(tmp_path):
    async with installed(tmp_path) as (fake, listener, team):
        theirs = await fill(listener, team.id)
        before = int(time.time()) - 60
        late = [
            ("app_uninstalled", before),
            ("app_uninstalled", 0),
            ("tokens_revoked", before),
            ("tokens_revoked", None),
        ]
        replies = [await listener.post(event(team, kind, at)) for kind, at in late]
        await settled(listener)

        assert [reply.status for reply in replies] == [200] * len(replies)
        assert await is_there(listener, *theirs)
        assert (await listener.parts.workspaces.find(team.id)).client.token == team.token
        assert fake.calls("auth.test")[-1].token == team.token


async def test_s21_a_clock_that_goes_wrong_does_not_keep_what_must_go(tmp_path):
    async with installed(tmp_path) as (_, listener, team):
        theirs = await fill(listener, team.id)
        team.installed = False
        await listener.post(event(team, at=int(time.time()) - 3600))
        await settled(listener)

        assert not await is_there(listener, *theirs)


async def test_s21_who_installs_again_before_the_purge_keeps_what_is_there(tmp_path):
    async with installed(tmp_path) as (_, listener, team):
        theirs = await fill(listener, team.id)
        installs, key = store_of(listener).installs, store_of(listener).key(team.id)
        known = await installs.find(key)
        await installs.leave(key, datetime.now(UTC), installed_at=known.installed_at)
        await listener.install(team)
        await Leaving(listener.parts).resume()
        await Leaving(listener.parts).purge(key)

        assert await is_there(listener, *theirs)


async def test_s21_a_users_token_is_none_of_ours(tmp_path):
    async with installed(tmp_path) as (_, listener, team):
        theirs = await fill(listener, team.id)
        team.installed = False
        for tokens in ({"oauth": ["U1"], "bot": []}, {"oauth": ["U1"]}, None, "bot", ["bot"]):
            assert (await listener.post(event(team, "tokens_revoked", tokens=tokens))).status == 200
        await settled(listener)

        assert await is_there(listener, *theirs)


async def test_s21_while_slack_does_not_say_whether_a_token_is_good_it_is_asked_to_tell_again(tmp_path):
    async with installed(tmp_path) as (fake, listener, team):
        theirs = await fill(listener, team.id)
        fake.faults.add("error", "auth.test")
        first = await listener.post(event(team, "tokens_revoked"))
        fake.faults.clear()
        team.installed = False
        again = await listener.post(event(team, "tokens_revoked"))
        await settled(listener)

        assert (first.status >= 500, again.status) == (True, 200)
        assert not await is_there(listener, *theirs)


async def test_s21_a_purge_that_the_database_refuses_is_tried_again(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "FIRST_PAUSE", 0.01)
    async with installed(tmp_path) as (_, listener, team):
        theirs = await fill(listener, team.id)
        purge, troubles = listener.session.app.records.purge_tenant, [1, 1]

        async def failing(*arguments):
            if troubles:
                troubles.pop()
                raise DatabaseUnavailable("locked")
            return await purge(*arguments)

        monkeypatch.setattr(listener.session.app.records, "purge_tenant", failing)
        await listener.post(event(team))
        await settled(listener)

        assert troubles == []
        assert not await is_there(listener, *theirs)


async def test_s21_an_organization_takes_all_its_workspaces_along(tmp_path):
    async with installed(tmp_path, enterprise="E0ORG", org_wide=True) as (_, listener, team):
        for workspace in (team.id, "T0OTHER"):
            await listener.parts.workspaces.find(workspace, "E0ORG")
        theirs, others = await fill(listener, team.id), await fill(listener, "T0OTHER", "j2")
        team.installed = False
        await listener.post(event(team))
        await settled(listener)

        assert not await is_there(listener, *theirs)
        assert not await is_there(listener, *others)
        with pytest.raises(NotInstalled):
            await listener.parts.workspaces.find("T0OTHER", "E0ORG")


async def test_s21_a_workspace_that_goes_does_not_take_its_organization_along(tmp_path):
    async with installed(tmp_path, enterprise="E0ORG", org_wide=True) as (fake, listener, whole):
        own = fake.add_team("own", enterprise="E0ORG")
        await listener.install(own)
        await listener.parts.workspaces.find(whole.id, "E0ORG")
        theirs, others = await fill(listener, own.id), await fill(listener, whole.id, "j2")
        own.installed = False
        await listener.post(event(own))
        await settled(listener)

        assert not await is_there(listener, *theirs)
        assert await is_there(listener, *others)
        assert (await listener.parts.workspaces.find(whole.id, "E0ORG")).client.token == whole.token


@pytest.mark.parametrize(
    ("kind", "gone", "stays"),
    [("app_uninstalled", True, False), ("app_uninstalled", False, True), ("tokens_revoked", True, True)],
)
async def test_s21_where_the_operator_sets_the_token_slack_is_asked_whether_it_is_good(tmp_path, kind, gone, stays):
    async with FakeSlack() as fake:
        team = fake.add_team("home")
        async with listening(tmp_path, fake, bot_token=SecretStr(team.token)) as listener:
            theirs = await fill(listener, team.id)
            await listener.parts.workspaces.find(team.id)
            team.installed = not gone
            replies = [await listener.post(event(team, kind)) for _ in range(2)]
            await settled(listener)

            assert [reply.status for reply in replies] == [200, 200]
            assert await is_there(listener, *theirs) == stays


async def test_s21_another_workspaces_removal_is_nothing_to_the_one_whose_token_is_set(tmp_path):
    async with FakeSlack() as fake:
        team, other = fake.add_team("home"), fake.add_team("elsewhere")
        async with listening(tmp_path, fake, bot_token=SecretStr(team.token)) as listener:
            theirs = await fill(listener, other.id)
            await listener.parts.workspaces.find(team.id)
            await listener.post(event(other))
            await settled(listener)

            assert await is_there(listener, *theirs)


@pytest.mark.parametrize("body", [{}, {"event_time": "soon"}, {"team_id": 7, "event_time": None}])
async def test_an_event_that_names_nothing_purges_nothing(tmp_path, body):
    async with installed(tmp_path) as (_, listener, team):
        theirs = await fill(listener, team.id)
        await Leaving(listener.parts).removed(body)
        await settled(listener)

        assert await is_there(listener, *theirs)
