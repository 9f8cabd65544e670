"""The local page over loopback sockets: a real server, a real client, the real line."""

import asyncio
import io
import re
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import TestServer, unused_port
from PIL import Image

from bots.config import ChecksSettings, Settings, WebSettings
from bots.exits import CommandFailed, UsageFailed
from bots.running import demo
from bots.session import Session, open_session
from bots.web.server import Page, application

THREAD = "/t/" + "0" * 32

pytestmark = pytest.mark.xdist_group("page")


class Browser:
    """A person at the page, as far as HTTP goes."""

    def __init__(self, client: aiohttp.ClientSession, base: str, session: Session) -> None:
        self.client = client
        self.base = base
        self.session = session

    async def say(
        self, text: str, image: bytes | None = None, reply: str = "", headers: dict[str, str] | None = None
    ) -> int:
        form = aiohttp.FormData(default_to_multipart=True)
        form.add_field("text", text)
        form.add_field("reply", reply)
        if image is not None:
            form.add_field("image", image, filename='"><script>.png', content_type="image/png")
        headers = {"Origin": self.base} | (headers or {})
        async with self.client.post(self.base + THREAD, data=form, headers=headers, allow_redirects=False) as response:
            return response.status

    async def page(self) -> str:
        """The page once everything said is answered."""
        async with asyncio.timeout(60):
            while True:
                async with self.client.get(self.base + THREAD) as response:
                    html = await response.text()
                if 'data-open="0"' in html:
                    return html
                await asyncio.sleep(0.05)


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    port = unused_port()
    settings = Settings(data_dir=tmp_path, checks=ChecksSettings(ocr=False))
    async with open_session(settings) as session, asyncio.TaskGroup() as tasks:
        page = application(Page(session, tasks), "127.0.0.1", port)
        async with TestServer(page, host="127.0.0.1", port=port), aiohttp.ClientSession() as client:
            yield Browser(client, f"http://127.0.0.1:{port}", session)


async def test_a_conversation_is_answered_with_the_signed_pictures(browser: Browser) -> None:
    assert await browser.say("a red apple, 256x256") == 303
    await browser.page()
    assert await browser.say("make it blue") == 303
    html = await browser.page()
    pictures = re.findall(r'<img src="(/image/[0-9a-f-]+)" alt="([^"]+)"', html)

    assert len(pictures) == 2
    for path, alt in pictures:
        async with browser.client.get(browser.base + path) as response:
            data = await response.read()
            assert response.headers["Content-Type"] == "image/png"
        assert (await browser.session.app.credentials.read(data)).is_ours
        assert "AI-generated" in alt
    assert "AI-generated ·" in html


@pytest.mark.slow
async def test_what_people_type_is_escaped(browser: Browser) -> None:
    await browser.say('<script>alert(1)</script> a cat labeled "<b>x</b>" 256x256')
    html = await browser.page()

    assert "<script>alert(1)" not in html
    assert "<b>x</b>" not in html
    assert "&lt;script&gt;" in html


@pytest.mark.slow
async def test_an_upload_becomes_part_of_the_picture_and_a_broken_one_is_told(browser: Browser) -> None:
    target = io.BytesIO()
    Image.new("RGB", (80, 60), "#123456").save(target, "PNG")
    await browser.say("put this photo next to a tree, 512x512", image=target.getvalue())
    assert len(re.findall("<img", await browser.page())) == 1
    await browser.say("and this one", image=b"not a picture")
    html = await browser.page()

    assert len(re.findall("<img", html)) == 1
    assert "<script>.png" not in html


@pytest.mark.slow
async def test_a_reply_revises_the_picture_it_names(browser: Browser) -> None:
    await browser.say("a red apple, 256x256")
    await browser.page()
    await browser.say("draw a green tree, 256x256")
    await browser.page()
    await browser.say("make it yellow", reply="0-0")
    html = await browser.page()
    identity = re.findall(r'<img src="/image/([0-9a-f-]+)"', html)
    record = await browser.session.app.records.generation(identity[2])

    assert record is not None
    assert record.parents == (identity[0],)


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Host": "evil.example"}])
async def test_requests_of_other_sites_are_not_accepted(browser: Browser, headers: dict[str, str]) -> None:
    assert await browser.say("a cat", headers=headers) in (403, 421)
    async with browser.client.get(browser.base + THREAD) as response:
        assert "a cat" not in await response.text()


async def test_every_answer_carries_the_security_headers(browser: Browser) -> None:
    for path in (THREAD, "/static/page.css", "/static/nothing", "/image/nothing", "/t/short", THREAD + "/state"):
        async with browser.client.get(browser.base + path) as response:
            policy = response.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.status in (200, 404)


async def test_an_address_that_others_can_reach_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageFailed, match="loopback"):
        await demo(Settings(data_dir=tmp_path, web=WebSettings(host="0.0.0.0")))  # noqa: S104 - must be refused


async def test_a_port_in_use_is_a_clear_error(tmp_path: Path) -> None:
    taken = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    async with taken:
        port = taken.sockets[0].getsockname()[1]
        with pytest.raises(CommandFailed, match="cannot listen"):
            await demo(Settings(data_dir=tmp_path, web=WebSettings(port=port)))


async def test_the_page_shows_what_the_process_counts(browser: Browser) -> None:
    async with browser.client.get(browser.base + "/metrics") as response:
        assert response.status == 200
        assert response.content_type == "text/plain"
        assert "python_info" in await response.text()
