"""Print all measured speeds: ``python -m tests.benchmarks``, or ``make bench``."""

import asyncio

from tests.benchmarks import line, sketch

asyncio.run(sketch.main())
asyncio.run(line.run())
