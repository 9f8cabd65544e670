"""Files come from Slack's file server only, the bot's token goes nowhere else, and a login page is no file."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bots.courier import TryLater
from bots.slack import downloads
from bots.slack.downloads import Downloads, Gone, NotReadable, TooMuch, is_allowed

TOKEN = "xoxb-of-the-test"  # noqa: S105 - of nobody


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://files.slack.com/files-pri/T1-F1/download/a.png", True),
        ("http://files.slack.com/files-pri/T1-F1/download/a.png", False),
        ("https://files.slack.com:8443/a.png", False),
        ("https://slack.com/a.png", False),
        ("https://evil.slack.com/a.png", False),
        ("https://files.slack.com.evil.example/a.png", False),
        ("https://user@files.slack.com/a.png", False),
        ("https://evil.example/files.slack.com", False),
        ("http://169.254.169.254/latest/meta-data", False),
        ("http://127.0.0.1:9/files-pri/T1-F1/a.png", True),
        ("http://127.0.0.1:10/a.png", False),
        ("file:///etc/passwd", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_s16_the_token_goes_to_slack_s_file_server_only(*, url: str, allowed: bool) -> None:
    assert is_allowed(url, "http://127.0.0.1:9/api/") is allowed
    assert is_allowed(url, None) is (allowed and not url.startswith("http://127"))


class Server:
    """Answers by the name of what is asked for; remembers which tokens it saw."""

    def __init__(self) -> None:
        self.address = ""
        self.elsewhere = ""
        self.tokens: list[str | None] = []

    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.tokens.append(request.headers.get("Authorization"))
        kind = request.match_info["kind"]
        targets = {"moved": "/small", "login": f"{self.elsewhere}/?redir=secret", "loop": "/loop"}
        if kind in targets:
            raise web.HTTPFound(targets[kind])
        if kind == "page":
            return web.Response(text="<!DOCTYPE html><html>Sign in</html>", content_type="text/html")
        if kind == "disguised":
            return web.Response(body=b"\n <!DOCTYPE HTML><html>Sign in</html>", content_type="image/png")
        if kind in ("missing", "broken"):
            return web.Response(status=404 if kind == "missing" else 503, headers={"Retry-After": "7"})
        response = web.StreamResponse()
        await response.prepare(request)  # chunked: no length is said
        await response.write(b"x" * (2000 if kind == "large" else 10))
        return response


async def running(server: Server) -> tuple[web.AppRunner, str]:
    application = web.Application()
    application.router.add_get("/{kind:.*}", server.serve)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    return runner, f"http://{host}:{port}"


@pytest.fixture
async def servers() -> AsyncIterator[tuple[Server, Server]]:
    """Slack's, and somebody else's."""
    slack, other = Server(), Server()
    first, slack.address = await running(slack)
    second, other.address = await running(other)
    slack.elsewhere = other.address
    yield slack, other
    await first.cleanup()
    await second.cleanup()


def client(server: Server) -> AsyncWebClient:
    return AsyncWebClient(token=TOKEN, base_url=f"{server.address}/api/")


async def test_s16_a_download_carries_the_token_and_is_bounded_by_what_comes(servers: tuple[Server, Server]) -> None:
    slack, _ = servers
    files = Downloads(f"{slack.address}/api/", most=1000)

    assert await files.fetch(client(slack), f"{slack.address}/small") == b"x" * 10
    with pytest.raises(TooMuch):
        await files.fetch(client(slack), f"{slack.address}/large")
    with pytest.raises(Gone):
        await files.fetch(client(slack), f"{slack.address}/missing")
    with pytest.raises(TryLater) as later:
        await files.fetch(client(slack), f"{slack.address}/broken")
    assert later.value.seconds == 7
    assert set(slack.tokens) == {f"Bearer {TOKEN}"}


async def test_s16_a_redirect_is_followed_on_the_same_server_and_no_other_server_hears_of_the_token(
    servers: tuple[Server, Server],
) -> None:
    slack, other = servers
    files = Downloads(f"{slack.address}/api/", most=1000)

    assert await files.fetch(client(slack), f"{slack.address}/moved") == b"x" * 10
    with pytest.raises(NotReadable):
        await files.fetch(client(slack), f"{slack.address}/login")
    with pytest.raises(Gone):
        await files.fetch(client(slack), f"{slack.address}/loop")
    with pytest.raises(Gone):
        await files.fetch(client(slack), f"{other.address}/small")
    assert other.tokens == []


@pytest.mark.parametrize("kind", ["page", "disguised"])
async def test_s16_a_login_page_in_place_of_a_file_means_that_files_may_not_be_read(
    servers: tuple[Server, Server], kind: str
) -> None:
    slack, _ = servers
    with pytest.raises(NotReadable):
        await Downloads(f"{slack.address}/api/").fetch(client(slack), f"{slack.address}/{kind}")


async def test_s24_a_server_that_does_not_answer_in_time_is_asked_again_and_its_address_stays_secret(
    servers: tuple[Server, Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    slack, _ = servers
    monkeypatch.setattr(downloads, "TOTAL_SECONDS", 0.0001)
    with pytest.raises(TryLater) as later:
        await Downloads(f"{slack.address}/api/").fetch(client(slack), f"{slack.address}/small?t=secret")

    assert "secret" not in str(later.value)
    assert later.value.__cause__ is None
