"""The key is sent and never shown; nothing else of this machine or its people is sent."""

import traceback

import pytest
from structlog.testing import capture_logs

from generator.errors import RenderFailed
from generator.remote.dialects import Flavor
from generator.remote.server import Server
from generator.remote.setup import RemoteSetup
from tests.fakes.openai_images import FakeImages, troubles
from tests.generator.remote.studio import KEY, studio

HEADERS = {"Host", "Accept", "Accept-Encoding", "Content-Type", "Content-Length", "User-Agent", "Connection"}


async def test_the_key_is_sent_and_shown_nowhere(caplog):
    caplog.set_level("DEBUG")
    async with studio(key=KEY) as it:
        await it.draw()
        it.server.key = "another"
        with pytest.raises(RenderFailed) as failed:
            await it.draw()
        shown = repr(it.engine) + repr(it.engine._setup) + repr(vars(it.engine._server))

    assert it.server.asked[0].headers["Authorization"] == f"Bearer {KEY}"
    error = failed.value
    chain = [error, error.__cause__, error.__context__]
    assert KEY not in shown + caplog.text + "".join(traceback.format_exception(error)) + repr(
        [vars(e) for e in chain if e]
    )
    assert "painter-1" in shown  # it does look at something


async def test_a_server_without_a_key_is_sent_none():
    async with studio(Flavor.SGLANG) as it:
        await it.draw()

    assert set(it.server.asked[0].headers) <= HEADERS
    assert it.server.asked[0].headers["User-Agent"] == "threadbrush"


async def test_the_environment_changes_nothing(monkeypatch):
    async with FakeImages() as elsewhere:
        for name, value in {
            "OPENAI_API_KEY": "sk-environment",
            "OPENAI_ADMIN_KEY": "sk-environment",
            "OPENAI_BASE_URL": elsewhere.url,
            "OPENAI_ORG_ID": "org-environment",
            "OPENAI_PROJECT_ID": "proj-environment",
            "OPENAI_CUSTOM_HEADERS": "Authorization: Bearer sk-environment\nX-More: environment\nHost: environment",
            "SSL_CERT_FILE": "/nowhere/environment",
            "HTTP_PROXY": f"http://127.0.0.1:{elsewhere.port}",
            "ALL_PROXY": f"http://127.0.0.1:{elsewhere.port}",
        }.items():
            monkeypatch.setenv(name, value)
            monkeypatch.setenv(name.lower(), value)
        async with studio(Flavor.SGLANG) as it:
            await it.draw()

    (asked,) = it.server.asked
    assert "environment" not in repr(asked.headers)
    assert "Authorization" not in asked.headers
    assert elsewhere.asked == []
    assert elsewhere.fetched == []


async def test_only_the_server_of_the_settings_is_asked():
    async with FakeImages() as elsewhere:
        async with studio(key=KEY, retries=0) as it:
            it.engine._server._images._client.base_url = elsewhere.url
            with pytest.raises(RenderFailed, match="settings"):
                await it.draw()

        assert elsewhere.asked == []


async def test_errors_of_a_busy_server_are_not_logged_with_their_words(caplog):
    caplog.set_level("DEBUG")
    async with studio(previews=True, key=KEY) as it:
        it.server.troubles = [troubles.breaks_off, troubles.refuses(500, retry_after=0.01)]
        with capture_logs() as logged:
            await it.draw()

    assert [entry["event"] for entry in logged] == ["stream_broken"]
    for secret in ("red kite", KEY):
        assert secret not in caplog.text + repr(logged)


@pytest.mark.parametrize(
    "wrong",
    [
        {"base_url": "ftp://box/v1"},
        {"base_url": "box:30000/v1"},
        {"base_url": "http://user:hunter2@box/v1"},
        {"base_url": "http://box/v1?key=hunter2"},
        {"base_url": "http://box/v1#hunter2"},
        {"base_url": "http://"},
        {"base_url": "http://box:99999/v1"},
        {"base_url": "http://box:0/v1"},
        {"base_url": "http://box:hunter2/v1"},
        {"base_url": "http://[hunter2/v1"},
        {"base_url": "http://box/\nhunter2"},
        {"model": ""},
        {"model": "a\nb"},
        {"model": "m" * 201},
        {"api_key": "hunter2\r\nX-Evil: 1"},
        {"api_key": ""},
        {"api_key": "hunter2ü"},
        {"timeout_seconds": 0},
        {"connect_seconds": -1},
        {"concurrency": 0},
        {"retries": -1},
        {"answer_bytes": 0},
        {"references": -1},
        {"sizes": ((0, 10),)},
        {"sizes": ((9000, 10),)},
        {"flavor": "gemini"},
    ],
)
def test_settings_that_cannot_work_are_refused_without_showing_a_secret(wrong):
    with pytest.raises(ValueError, match=r".") as refused:
        RemoteSetup(**{"base_url": "http://box:30000/v1", "model": "m", **wrong})

    assert "hunter2" not in "".join(traceback.format_exception(refused.value))


def test_settings_take_the_flavor_as_a_word():
    setup = RemoteSetup(base_url="https://box/v1", model="m", flavor="sglang")  # type: ignore[arg-type]  # from a file

    assert setup.flavor is Flavor.SGLANG
    assert not setup.card.abilities.rgba


async def test_a_server_is_closed_with_its_connections():
    setup = RemoteSetup(base_url="http://127.0.0.1:9/v1", model="m")
    server = Server(setup)
    await server.close()

    assert server._http.is_closed
