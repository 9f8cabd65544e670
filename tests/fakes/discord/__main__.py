"""``python -m tests.fakes.discord --port 8400``: a fake Discord with one server, to point a bot at by hand."""

import argparse
import asyncio
import sys

from tests.fakes.discord.server import FakeDiscord


async def _serve(port: int) -> None:
    async with FakeDiscord(port=port) as fake:
        fake.add_guild("Workshop").add_text_channel("art")
        sys.stdout.write(f"api_url={fake.api_url}\ngateway_url={fake.gateway_url}\ntoken={fake.token}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    asyncio.run(_serve(parser.parse_args().port))
