"""Decoding what people upload, wherever it is asked for: off the event loop, and few at a time.

The largest picture that is taken needs some hundred megabytes while it is decoded, and everybody may send one.
"""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from moderation.intake import CleanImage, sanitize

AT_ONCE: Final = 2

_THREADS: Final = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="decode")


async def decoded(data: bytes) -> CleanImage:
    """The file as a plain picture; waits while others are decoded.

    Raises:
        IntakeError: The file is not taken; its key says why.
    """
    return await asyncio.get_running_loop().run_in_executor(_THREADS, sanitize, data)
