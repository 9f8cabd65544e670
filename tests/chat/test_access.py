"""Who may see what of an image."""

from dataclasses import replace

import pytest

from bots.chat.access import Viewer, may_list, may_see
from storage.records import GenerationRecord
from tests.storage.samples import generation

IMAGE = replace(generation("discord:i:1"), tenant="discord:1", requester="discord:11")


async def reads(record: GenerationRecord) -> bool:
    del record
    return True


async def cannot_read(record: GenerationRecord) -> bool:
    del record
    return False


REQUESTER = Viewer(requester="discord:11", tenant="discord:9")
READER = Viewer(requester="discord:12", tenant="discord:1")
ADMIN = replace(READER, admin=True)
STRANGER = Viewer(requester="discord:12", tenant="discord:2", admin=True)


async def test_the_requester_sees_their_image_from_anywhere() -> None:
    assert await may_see(replace(IMAGE, private=True), REQUESTER, cannot_read)


async def test_who_can_read_the_source_conversation_sees_it_and_others_do_not() -> None:
    assert await may_see(IMAGE, READER, reads)
    assert not await may_see(IMAGE, READER, cannot_read)


async def test_a_private_image_is_not_for_readers() -> None:
    assert not await may_see(replace(IMAGE, private=True), READER, reads)


async def test_admins_of_the_tenant_see_it_and_admins_of_another_do_not() -> None:
    assert await may_see(replace(IMAGE, private=True), ADMIN, cannot_read)
    assert not await may_see(IMAGE, STRANGER, reads)


async def test_nobody_browses_private_images_of_others_not_even_admins() -> None:
    private = replace(IMAGE, private=True)

    assert not await may_list(private, ADMIN, reads, "tenant")
    assert await may_list(private, REQUESTER, cannot_read, "private")


@pytest.mark.parametrize(
    ("visibility", "readable", "listed"),
    [("conversation", True, True), ("conversation", False, False), ("tenant", False, True), ("private", True, False)],
)
async def test_a_gallery_shows_what_its_tenant_lets_it_show(visibility, readable, listed) -> None:
    assert await may_list(IMAGE, READER, reads if readable else cannot_read, visibility) is listed
