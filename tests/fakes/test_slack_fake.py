"""The fake Slack behaves as Slack does, seen by the real slack_sdk and slack-bolt."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import Channel, FakeSlack, Team, User


@asynccontextmanager
async def _slack() -> AsyncIterator[tuple[FakeSlack, Team, User, Channel, AsyncWebClient]]:
    async with FakeSlack() as fake:
        team = fake.add_team("home")
        ana = team.add_user("ana")
        channel = team.add_channel("images")
        yield fake, team, ana, channel, AsyncWebClient(team.token, base_url=fake.api_url, retry_handlers=[])


@asynccontextmanager
async def _app(fake: FakeSlack, team: Team, listen: Callable[[AsyncApp], None]) -> AsyncIterator[AsyncApp]:
    async def authorize(**_: Any) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None, team_id=team.id, bot_token=team.token, bot_id=team.bot_id, bot_user_id=team.bot.id
        )

    client = AsyncWebClient(base_url=fake.api_url)
    app = AsyncApp(authorize=authorize, client=client, process_before_response=True, signing_secret=fake.signing_secret)
    listen(app)
    handler = AsyncSocketModeHandler(app, fake.app_token, web_client=client)
    await handler.connect_async()
    try:
        await fake.wait_connected()
        yield app
    finally:
        await handler.close_async()


async def test_a_message_is_posted_changed_found_by_its_metadata_and_deleted() -> None:
    async with _slack() as (_fake, team, ana, channel, client):
        root = await channel.say(ana, f"{team.mention} hello")
        metadata = {"event_type": "threadbrush_job", "event_payload": {"job": "slack:m:1"}}
        posted = await client.chat_postMessage(channel=channel.id, thread_ts=root.ts, text="hm", metadata=metadata)
        found = await client.conversations_replies(channel=channel.id, ts=root.ts, include_all_metadata=True)
        assert [each.get("metadata") for each in found["messages"]] == [None, metadata]
        await client.chat_update(channel=channel.id, ts=posted["ts"], text="ah")
        assert [each.text for each in root.replies] == ["ah"]
        await client.chat_delete(channel=channel.id, ts=posted["ts"])
        assert root.replies == []
        with pytest.raises(SlackApiError, match="message_not_found"):
            await client.chat_update(channel=channel.id, ts=posted["ts"], text="oh")


@pytest.mark.slow
async def test_s3_a_mention_comes_as_two_events_and_what_is_not_acknowledged_comes_again() -> None:
    async with _slack() as (fake, team, ana, channel, _):
        fake.delivery.retry_delays = (0.05, 0.1)
        heard: list[tuple[str, str | None]] = []

        def listen(app: AsyncApp) -> None:
            @app.event("message")
            async def on_message(event: dict[str, Any]) -> None:
                heard.append(("message", event["text"]))

            @app.event("app_mention")
            async def on_mention(event: dict[str, Any]) -> None:
                heard.append(("app_mention", event["text"]))
                if len(heard) < 3:
                    raise RuntimeError("the database is away")

        async with _app(fake, team, listen):
            await channel.say(ana, f"{team.mention} hello")
            await fake.wait_until(lambda: [kind for kind, _ in heard].count("app_mention") == 2)
            await fake.wait_until(lambda: fake.delivery.pending == 0)
        assert sorted(kind for kind, _ in heard) == ["app_mention", "app_mention", "message"]
        assert max(sent.attempt for sent in fake.sent) == 1
        assert not fake.delivery.undelivered


async def test_a_file_is_uploaded_in_three_steps_and_shown_in_blocks_once_it_is_processed() -> None:
    async with _slack() as (fake, _, ana, channel, client):
        fake.world.file_slowness = 1
        begun = await client.files_getUploadURLExternal(filename="a.png", length=3)
        async with aiohttp.ClientSession() as session, session.post(begun["upload_url"], data=b"abc") as response:
            assert response.status == 200
        await client.files_completeUploadExternal(files=[{"id": begun["file_id"], "title": "a"}])
        image = {"type": "image", "alt_text": "a", "slack_file": {"id": begun["file_id"]}}
        root = await channel.say(ana, "hello")
        with pytest.raises(SlackApiError, match="invalid_blocks"):
            await client.chat_postMessage(channel=channel.id, thread_ts=root.ts, text="a", blocks=[image])
        await client.chat_postMessage(channel=channel.id, thread_ts=root.ts, text="a", blocks=[image])
        assert root.replies[0].images == [image]
        assert fake.world.files[begun["file_id"]].data == b"abc"


async def test_s1_a_form_opens_only_with_a_fresh_trigger_and_only_once() -> None:
    async with _slack() as (fake, team, ana, channel, client):
        view = {
            "type": "modal",
            "callback_id": "v",
            "title": {"type": "plain_text", "text": "Hi"},
            "blocks": [
                {
                    "type": "input",
                    "block_id": "prompt",
                    "label": {"type": "plain_text", "text": "P"},
                    "element": {"type": "plain_text_input", "action_id": "text"},
                }
            ],
        }
        submitted: list[dict[str, Any]] = []

        def listen(app: AsyncApp) -> None:
            @app.command("/imagine")
            async def imagine(ack: Callable[[], Awaitable[None]], body: dict[str, Any]) -> None:
                await client.views_open(trigger_id=body["trigger_id"], view=view)
                await ack()

            @app.view("v")
            async def submit(ack: Any, view: dict[str, Any]) -> None:
                submitted.append(view["state"]["values"])
                await ack(response_action="errors", errors={"prompt": "more"})

        async with _app(fake, team, listen):
            asked = await ana.command(channel, "/imagine")
            assert asked.acknowledged_after is not None
            form = await ana.view()
            await ana.submit(form, {"prompt": "a cat"})
            assert submitted == [{"prompt": {"text": {"type": "plain_text_input", "value": "a cat"}}}]
            assert form.errors == {"prompt": "more"}
            with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
                await client.views_open(trigger_id=asked.trigger_id, view=view)


@pytest.mark.parametrize(
    ("kind", "stands"), [("cut", 0), ("answer_lost", 1), ("error", 0), ("error_after", 1), ("rate_limit", 0)]
)
async def test_troubles_do_or_do_not_what_was_asked(kind: Any, stands: int) -> None:
    async with _slack() as (fake, _, ana, channel, client):
        root = await channel.say(ana, "hello")
        fake.faults.add(kind, "chat.postMessage")
        with pytest.raises((SlackApiError, aiohttp.ClientError)):
            await client.chat_postMessage(channel=channel.id, thread_ts=root.ts, text="a")
        assert len(root.replies) == stands
        await client.chat_postMessage(channel=channel.id, thread_ts=root.ts, text="a")


async def test_a_slow_commit_appears_after_its_answer_was_lost() -> None:
    async with _slack() as (fake, _, ana, channel, client):
        root = await channel.say(ana, "hello")
        fake.faults.add("slow_commit", "chat.postMessage", seconds=0.1)
        with pytest.raises(aiohttp.ClientError):
            await client.chat_postMessage(channel=channel.id, thread_ts=root.ts, text="a")
        assert root.replies == []
        await fake.wait_until(lambda: root.replies)


async def test_events_by_http_are_signed_and_counted() -> None:
    from aiohttp import web  # noqa: PLC0415 - a server for this test alone
    from slack_sdk.signature import SignatureVerifier  # noqa: PLC0415

    async with _slack() as (fake, _team, ana, channel, _):
        seen: list[tuple[bool, str | None]] = []

        async def events(request: web.Request) -> web.Response:
            body = await request.text()
            valid = SignatureVerifier(fake.signing_secret).is_valid_request(body, dict(request.headers))
            seen.append((valid, request.headers.get("X-Slack-Retry-Num")))
            return web.Response(status=200 if len(seen) > 1 else 500)

        application = web.Application()
        application.router.add_post("/slack/events", events)
        runner = web.AppRunner(application)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        fake.delivery.event_urls = [f"http://{host}:{port}/slack/events"]
        await channel.say(ana, "hello")
        await fake.wait_until(lambda: len(seen) == 2)
        await fake.wait_until(lambda: fake.delivery.pending == 0)
        await runner.cleanup()
        assert seen == [(True, None), (True, "1")]


async def test_s16_a_private_file_needs_the_token_or_gives_a_login_page() -> None:
    async with _slack() as (_fake, team, ana, channel, client):
        message = await channel.say(ana, "look", files=[("a.png", b"data")])
        told = await client.files_info(file=message.files[0].id)
        url = told["file"]["url_private_download"]
        async with aiohttp.ClientSession() as session:
            async with session.get(url) as response:
                assert (response.status, response.content_type) == (200, "text/html")
            async with session.get(url, headers={"Authorization": f"Bearer {team.token}"}) as response:
                assert await response.read() == b"data"


async def test_a_refreshed_socket_is_replaced_by_the_client() -> None:
    async with _slack() as (fake, team, ana, channel, _):
        heard = asyncio.Event()

        def listen(app: AsyncApp) -> None:
            @app.event("message")
            async def on_message() -> None:
                heard.set()

        async with _app(fake, team, listen):
            await fake.delivery.connections[0].refresh()
            await fake.wait_connected()
            await channel.say(ana, "hello")
            await asyncio.wait_for(heard.wait(), 10)
