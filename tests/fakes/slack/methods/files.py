"""``files.*``: uploads in three steps, sharing, and what became of a file."""

from typing import Any

from tests.fakes.slack.errors import ApiError
from tests.fakes.slack.methods.call import Call, Method
from tests.fakes.slack.model import File
from tests.fakes.slack.payloads import file_json, message_event, shares_json
from tests.fakes.slack.people import TYPES, said

JSON = dict[str, Any]


def get_upload_url(call: Call) -> JSON:
    """``files.getUploadURLExternal``."""
    call.needs("files:write")
    name = call.text("filename")
    if call.number("length", 0) <= 0:
        raise ApiError("invalid_arguments")
    file = File(
        id=call.world.identifier("F"),
        team=call.team,
        owner=call.team.bot,
        name=name,
        created=int(call.world.now()),
        mimetype=TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream"),
        slow=call.world.file_slowness,
    )
    call.world.files[file.id] = file
    return {"upload_url": f"{call.world.base_url}/upload/{file.id}", "file_id": file.id}


def complete_upload(call: Call) -> JSON:
    """``files.completeUploadExternal``: the file is there; with a channel it is also posted."""
    call.needs("files:write")
    files = [_file(call, str(each["id"])) for each in call.document("files") or []]
    if not files:
        raise ApiError("invalid_arguments")
    if any(not file.uploaded for file in files):
        raise ApiError("file_not_found")
    for file, told in zip(files, call.document("files"), strict=True):
        file.title, file.completed = str(told.get("title") or file.name), True
    if call.given("channel_id") is not None:
        channel = call.channel("channel_id")
        if call.team.bot.id not in channel.members:
            raise ApiError("not_in_channel")
        if channel.archived:
            raise ApiError("is_archived")
        if call.world.shares_lost:
            call.world.shares_lost -= 1
            return {"files": [file_json(file) for file in files]}  # says ok and shares nothing
        message = said(
            call.world,
            channel,
            call.team.bot,
            call.given("initial_comment") or "",
            thread_ts=call.given("thread_ts"),
            files=files,
            subtype="file_share",
            blocks=call.document("blocks") or [],
        )
        for file in files:
            file.shares.append(message)
        call.world.people.event(channel, message_event(message))
    return {"files": [file_json(file) for file in files]}


def info(call: Call) -> JSON:
    """``files.info``; asking for it is what time passes by."""
    call.needs("files:read")
    file = _file(call, call.text("file"))
    file.polls += 1
    return {
        "file": {**file_json(file), "shares": shares_json(file)},
        "comments": [],
        "response_metadata": {"next_cursor": ""},
    }


def delete(call: Call) -> JSON:
    """``files.delete``."""
    call.needs("files:write")
    file = _file(call, call.text("file"))
    if file.owner is not call.team.bot:
        raise ApiError("cant_delete_file")
    file.deleted = True
    return {}


def _file(call: Call, identifier: str) -> File:
    file = call.world.files.get(identifier)
    if file is None or file.team is not call.team:
        raise ApiError("file_not_found")
    if file.deleted:
        raise ApiError("file_deleted")
    return file


METHODS: dict[str, Method] = {
    "files.getUploadURLExternal": get_upload_url,
    "files.completeUploadExternal": complete_upload,
    "files.info": info,
    "files.delete": delete,
}
