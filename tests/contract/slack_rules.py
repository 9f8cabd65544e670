"""Rules of the platform contract that no schema says, as far as a request shows whether they are kept.

Each complaint names its rule (platforms S…, P…). Not known here: what went before a request.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

Args = Mapping[str, Any]

MOST_BLOCKS: Final = 50
MOST_VIEW_BLOCKS: Final = 100
MOST_PROMPTS: Final = 4
MOST_LOADING: Final = 10
LONGEST_TITLE: Final = 200
LONGEST_ALT: Final = 2000
LONGEST_VALUE: Final = 2000
LONGEST_METADATA: Final = 3000
LONGEST_ACTION: Final = 255
LONGEST_SECTION: Final = 3000

POSTING: Final = frozenset({"chat.postMessage", "chat.update", "chat.postEphemeral"})
JOB: Final = re.compile(r"slack:[a-z]:[A-Z0-9]+:[\w.:-]{1,180}")
TOKEN: Final = re.compile(r"xox[a-z]-|xoxe[.-]|xapp-")
PING: Final = re.compile(r"<!(?:channel|here|everyone|subteam)")
MENTION: Final = re.compile(r"<@[UW][A-Z0-9]+")
STARTS: Final = frozenset("ivx")
"""Second words of the ids of jobs that answer no message: commands, presses, forms, steps of workflows."""


def complaints(method: str, args: Args) -> Iterator[str]:
    """What a request does that a rule forbids.

    Args:
        method: Its name.
        args: As ``slack_requests.decoded`` gives them, without the token.
    """
    for rule in RULES:
        for complaint in rule(method, args):
            yield f"{method}: {complaint}"


def _token(method: str, args: Args) -> Iterator[str]:
    if method != "oauth.v2.access" and TOKEN.search(json.dumps(args, ensure_ascii=False, default=str)):
        yield "a token among the arguments"


def _thread(method: str, args: Args) -> Iterator[str]:
    """What answers a message stands in its thread; in a channel's root stands only what answers no message."""
    if method != "chat.postMessage" or args.get("thread_ts"):
        return
    job = _job(args)
    channel = str(args.get("channel", ""))
    if channel.startswith(("D", "U", "W")):
        return
    if job is None or job.split(":")[1] not in STARTS:
        yield "S7: a post in the channel's root"


def _fallback(method: str, args: Args) -> Iterator[str]:
    if method in POSTING and not str(args.get("text") or "").strip():
        yield "S18: no text for notifications and screen readers"


def _metadata(method: str, args: Args) -> Iterator[str]:
    del method
    metadata = args.get("metadata")
    if metadata is None:
        return
    payload = metadata.get("event_payload", {})
    if not set(payload) <= {"job", "part"} or not JOB.fullmatch(str(payload.get("job", ""))):
        yield "S19: metadata that is more than an opaque job id"


def _pings(method: str, args: Args) -> Iterator[str]:
    """Nobody is pinged; what one person alone is told may name people."""
    if method not in POSTING:
        return
    text = json.dumps([args.get("text"), args.get("blocks")], ensure_ascii=False)
    if PING.search(text):
        yield "S20: a mention of everybody"
    if method != "chat.postEphemeral" and MENTION.search(text):
        yield "S20: a mention"


def _blocks(method: str, args: Args) -> Iterator[str]:
    del method
    view = args.get("view")
    blocks = view.get("blocks") if isinstance(view, Mapping) else args.get("blocks")
    if not isinstance(blocks, list):
        return
    if len(blocks) > (MOST_VIEW_BLOCKS if isinstance(view, Mapping) else MOST_BLOCKS):
        yield f"S17: {len(blocks)} blocks"
    for block in _parts(blocks):
        yield from _block(block)
    if isinstance(view, Mapping) and len(str(view.get("private_metadata", ""))) > LONGEST_METADATA:
        yield "S17: private_metadata is too long"


def _block(block: Args) -> Iterator[str]:
    kind = block.get("type")
    if kind == "image" and not 0 < len(str(block.get("alt_text") or "").strip()) <= LONGEST_ALT:
        yield "S15: an image without alt text, or with too long a one"
    text = block.get("text")
    words = str(text.get("text", "")) if isinstance(text, Mapping) else "…"
    if kind == "section" and not 0 < len(words) <= LONGEST_SECTION:
        yield "S17: a section of no or of too many characters"
    if len(str(block.get("value", ""))) > LONGEST_VALUE or len(str(block.get("action_id", ""))) > LONGEST_ACTION:
        yield "S17: a value or an action_id is too long"


def _agents(method: str, args: Args) -> Iterator[str]:
    if method == "assistant.threads.setSuggestedPrompts":
        if len(args.get("prompts") or ()) > MOST_PROMPTS:
            yield "S9: more than four suggested prompts"
        if args.get("thread_ts"):
            yield "S9: prompts of the agent view belong to no thread"
    if method == "agents.sessions.setStatus" and len(str(args.get("title") or "")) > LONGEST_TITLE:
        yield "S10: too long a title"
    if method == "assistant.threads.setStatus" and len(args.get("loading_messages") or ()) > MOST_LOADING:
        yield "S11: too many loading messages"


def _shares(method: str, args: Args) -> Iterator[str]:
    if method == "files.completeUploadExternal":
        if args.get("initial_comment") and args.get("blocks"):
            yield "S14: initial_comment overrides blocks"
        if args.get("channel_id") and not str(args["channel_id"]).startswith("D") and not args.get("thread_ts"):
            yield "S14: a file in the channel's root"


def _disclosed(method: str, args: Args) -> Iterator[str]:
    """A message that shows an image of ours says that it is generated."""
    blocks = args.get("blocks")
    if method not in ("chat.postMessage", "chat.update") or not isinstance(blocks, list):
        return
    shown = any(block.get("type") == "image" and "slack_file" in block for block in _parts(blocks))
    words = json.dumps(blocks, ensure_ascii=False)
    if shown and "AI" not in words.replace('"alt_text"', ""):
        yield "P3: an image without a word that it is generated"


def _parts(value: Any) -> Iterator[Args]:
    if isinstance(value, list):
        for each in value:
            yield from _parts(each)
    elif isinstance(value, Mapping):
        yield value
        for each in value.values():
            if isinstance(each, list | Mapping):
                yield from _parts(each)


def _job(args: Args) -> str | None:
    metadata = args.get("metadata")
    payload = metadata.get("event_payload") if isinstance(metadata, Mapping) else None
    job = payload.get("job") if isinstance(payload, Mapping) else None
    return job if isinstance(job, str) and JOB.fullmatch(job) else None


RULES: Final[tuple[Callable[[str, Args], Iterator[str]], ...]] = (
    _token,
    _thread,
    _fallback,
    _metadata,
    _pings,
    _blocks,
    _agents,
    _shares,
    _disclosed,
)
