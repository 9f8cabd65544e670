"""The README's picture: a real conversation at the real page. Run ``python -m tests.readme_picture`` (needs Chromium).

Writes docs/conversation.png.
"""

import asyncio
import shutil
import subprocess
import tempfile
from pathlib import Path

import aiohttp
from aiohttp.test_utils import TestServer, unused_port

from bots.config import Settings
from bots.session import open_session
from bots.web.server import Page, application

PICTURE = Path(__file__).parent.parent / "docs" / "conversation.png"
SAID = (
    'a poster: three red apples left of a blue car, title "SALE 50%", background #ffeecc, 3:2',
    "make the car #16a34a and add a sun in the top right",
)
THREAD = "/t/" + "0" * 32


async def main() -> None:
    """Hold the conversation, take the picture."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    if browser is None:
        raise SystemExit("Chromium is not installed")
    with tempfile.TemporaryDirectory() as folder:
        async with open_session(Settings(data_dir=Path(folder))) as session, asyncio.TaskGroup() as tasks:
            port = unused_port()
            page = application(Page(session, tasks), "127.0.0.1", port)
            async with TestServer(page, host="127.0.0.1", port=port), aiohttp.ClientSession() as client:
                base = f"http://127.0.0.1:{port}"
                for text in SAID:
                    await _say(client, base, text)
                command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"]
                command += ["--window-size=720,1350", f"--screenshot={PICTURE}", base + THREAD]
                await asyncio.to_thread(subprocess.run, command, check=True, capture_output=True)


async def _say(client: aiohttp.ClientSession, base: str, text: str) -> None:
    form = aiohttp.FormData(default_to_multipart=True)
    form.add_field("text", text)
    async with client.post(base + THREAD, data=form, headers={"Origin": base}, allow_redirects=False):
        pass
    while True:
        async with client.get(base + THREAD) as response:
            if 'data-open="0"' in await response.text():
                return
        await asyncio.sleep(0.05)


if __name__ == "__main__":
    asyncio.run(main())
