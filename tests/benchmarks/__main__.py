"""``make bench``: every benchmark in turn. They print figures and judge nothing; compare figures of one run only."""

import asyncio

from tests.benchmarks import discord, line, sketch


async def main() -> None:
    """Run them all."""
    await sketch.main()
    await line.main()
    await discord.main()


if __name__ == "__main__":  # worker processes import this file again
    asyncio.run(main())
