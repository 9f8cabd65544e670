"""Telling the app: over its sockets, or by signed HTTP requests to its addresses; once more when nobody heard.

Slack sends an event again after moments, about a minute and about five (platforms S2); here those delays are settings.
Commands, presses and submissions are sent once.
"""

import asyncio
import hashlib
import hmac
import itertools
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any, Final
from urllib.parse import urlencode

import aiohttp
from aiohttp import WSMsgType, web

from tests.fakes.slack.faults import Faults
from tests.fakes.slack.model import Sent
from tests.fakes.slack.world import APP

JSON = dict[str, Any]
RETRY_DELAYS: Final = (0.2, 3.0, 10.0)
ACK_SECONDS: Final = 3.0


class Delivery:
    """Both ways to the app.

    Attributes:
        event_urls: Where events go by HTTP, in turn, and further attempts to the next one; without any they go over
            sockets.
        retry_delays: Seconds before each further attempt at an event.
        before_last: Awaited before the last of them, which in the world comes minutes later, when sockets stand again.
        undelivered: Events that nobody acknowledged, however often.
        sent: Every attempt, in order.
    """

    def __init__(self, faults: Faults, signing_secret: str) -> None:
        self.event_urls: list[str] = []
        self.retry_delays: tuple[float, ...] = RETRY_DELAYS
        self.before_last: Callable[[], Awaitable[None]] | None = None
        self.ack_seconds = ACK_SECONDS
        self.sent: list[Sent] = []
        self.undelivered: list[Sent] = []
        self.on_sent: list[Callable[[Sent], None]] = []
        self.connections: list[Connection] = []
        self.pending = 0
        self._faults = faults
        self._secret = signing_secret
        self._turn = itertools.count()
        self._numbers = itertools.count(1)

    async def deliver(self, kind: Any, body: JSON, heard: Callable[[JSON | None], None] | None = None) -> None:
        """Send until it is acknowledged; ``heard`` gets what came with the acknowledgement, None if there was none."""
        delays = (0.0, *self.retry_delays) if kind == "events_api" else (0.0,)
        self.pending += 1
        try:
            answer, turn = None, next(self._turn)
            for attempt, delay in enumerate(delays):
                await asyncio.sleep(delay)
                if self.before_last is not None and 0 < attempt == len(self.retry_delays):
                    await self.before_last()
                answer = await self._attempt(Sent(kind=kind, body=body, attempt=attempt), turn + attempt)
                if answer is not None:
                    break
            else:
                self.undelivered.append(Sent(kind=kind, body=body, attempt=len(delays)))
            if heard is not None:
                heard(answer)
        finally:
            self.pending -= 1

    async def _attempt(self, sent: Sent, turn: int) -> JSON | None:
        self.sent.append(sent)
        for hook in self.on_sent:
            hook(sent)
        answer = await (self._post(sent, turn) if self.event_urls else self._send(sent, turn))
        sent.acknowledged = answer is not None
        return answer

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """A socket of the app."""
        connection = Connection(self, f"c{next(self._numbers)}")
        return await connection.run(request)

    async def _send(self, sent: Sent, turn: int) -> JSON | None:
        ready = [each for each in self.connections if each.ready]
        if not ready:
            return None
        connection = ready[turn % len(ready)]
        calm = self.before_last is not None and sent.attempt == len(self.retry_delays)
        if not calm and self._faults.cuts_socket():
            await connection.cut()
            return None
        return await connection.send(sent, f"e{next(self._numbers)}")

    async def _post(self, sent: Sent, turn: int) -> JSON | None:
        url = sent.to = self.event_urls[turn % len(self.event_urls)]
        if sent.kind == "events_api":
            data, content = json.dumps(sent.body), "application/json"
        elif sent.kind == "slash_commands":
            data, content = urlencode(sent.body), "application/x-www-form-urlencoded"
        else:
            data = urlencode({"payload": json.dumps(sent.body)})
            content = "application/x-www-form-urlencoded"
        headers = {**self.signed(data), "Content-Type": content}
        if sent.attempt:
            headers |= {"X-Slack-Retry-Num": str(sent.attempt), "X-Slack-Retry-Reason": "http_timeout"}
        try:
            async with (
                aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=self.ack_seconds)) as session,
                session.post(url, data=data.encode(), headers=headers) as response,
            ):
                text = await response.text()
                if response.status != 200 or self._faults.loses_acknowledgement():
                    return None
        except (aiohttp.ClientError, TimeoutError, OSError):
            return None
        if not text:
            return {}
        if response.content_type == "application/json":
            answer: JSON = json.loads(text)
            return answer
        return {"text": text}

    def signed(self, data: str, *, at: int | None = None, secret: str | None = None) -> dict[str, str]:
        """The headers with which Slack signs a body."""
        stamp = int(time.time()) if at is None else at
        key = (self._secret if secret is None else secret).encode()
        digest = hmac.new(key, f"v0:{stamp}:{data}".encode(), hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": str(stamp), "X-Slack-Signature": f"v0={digest}"}

    def lost(self) -> bool:
        """Whether an acknowledgement gets lost."""
        return self._faults.loses_acknowledgement()


class Connection:
    """One socket of the app."""

    def __init__(self, delivery: Delivery, name: str) -> None:
        self._delivery = delivery
        self._name = name
        self._socket = web.WebSocketResponse(heartbeat=None)
        self._waiting: dict[str, asyncio.Future[JSON]] = {}
        self._request: web.Request | None = None
        self.ready = False

    async def run(self, request: web.Request) -> web.StreamResponse:
        """Say hello, then hear acknowledgements until it closes."""
        self._request = request
        await self._socket.prepare(request)
        delivery = self._delivery
        delivery.connections.append(self)
        try:
            await self._socket.send_json(
                {
                    "type": "hello",
                    "num_connections": len(delivery.connections),
                    "debug_info": {"host": "fake", "build_number": 1, "approximate_connection_time": 18060},
                    "connection_info": {"app_id": APP},
                }
            )
            self.ready = True
            async for message in self._socket:
                if message.type is WSMsgType.TEXT:
                    self._heard(json.loads(message.data))
        finally:
            self.ready = False
            delivery.connections.remove(self)
            for waiting in self._waiting.values():
                waiting.cancel()
        return self._socket

    async def send(self, sent: Sent, identifier: str) -> JSON | None:
        """One envelope and its acknowledgement; None if there is none in time."""
        envelope: JSON = {
            "envelope_id": identifier,
            "payload": sent.body,
            "type": sent.kind,
            "accepts_response_payload": sent.kind != "events_api",
        }
        if sent.kind == "events_api":
            envelope |= {"retry_attempt": sent.attempt, "retry_reason": "timeout" if sent.attempt else ""}
        waiting: asyncio.Future[JSON] = asyncio.get_running_loop().create_future()
        self._waiting[identifier] = waiting
        try:
            await self._socket.send_json(envelope)
            async with asyncio.timeout(self._delivery.ack_seconds):
                return await asyncio.shield(waiting)
        except (TimeoutError, ConnectionError, asyncio.CancelledError):
            if not waiting.cancelled() and (task := asyncio.current_task()) is not None and task.cancelling():
                raise
            return None
        finally:
            self._waiting.pop(identifier, None)

    async def refresh(self) -> None:
        """Slack wants the app to connect anew, as it does every few hours; this socket closes soon."""
        await self._socket.send_json({"type": "disconnect", "reason": "refresh_requested", "debug_info": {}})
        await self._socket.close()

    async def cut(self) -> None:
        """The line breaks without a word."""
        self.ready = False
        if self._request is not None and self._request.transport is not None:
            self._request.transport.abort()

    def _heard(self, answer: JSON) -> None:
        waiting = self._waiting.get(str(answer.get("envelope_id")))
        if waiting is not None and not waiting.done() and not self._delivery.lost():
            waiting.set_result(answer.get("payload") or {})
