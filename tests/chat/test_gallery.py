"""Pages of images."""

from pathlib import Path

from bots.chat.access import Viewer
from bots.chat.gallery import PAGE, Search, page_of
from storage.records import GenerationRecord
from tests.chat.images import ANA, BEN, TENANT, keep, quiet_session

BEN_LOOKS = Viewer(requester=BEN, tenant=TENANT)


async def everything(record: GenerationRecord) -> bool:
    del record
    return True


async def test_pages_go_through_every_image_once_newest_first(tmp_path: Path) -> None:
    async with quiet_session(tmp_path) as session:
        kept = [await keep(session.app, f"discord:i:{number}") for number in range(2 * PAGE + 1)]
        seen, before = [], None
        for _ in range(3):
            page = await page_of(session.app, BEN_LOOKS, everything, Search(before=before))
            seen += [image.id for image in page.images]
            before = page.after

    assert seen == [image.id for image in reversed(kept)]
    assert before is None


async def test_what_the_viewer_cannot_read_is_skipped_and_the_page_filled(tmp_path: Path) -> None:
    async def even(record: GenerationRecord) -> bool:
        return record.created_at.minute % 2 == 0

    async with quiet_session(tmp_path) as session:
        for number in range(4):
            await keep(session.app, f"discord:i:{number}")
        page = await page_of(session.app, BEN_LOOKS, even, Search())

    assert [image.created_at.minute % 2 for image in page.images] == [0, 0]


async def test_private_images_appear_in_their_owners_gallery_only(tmp_path: Path) -> None:
    async with quiet_session(tmp_path) as session:
        private = await keep(session.app, "discord:i:1", private=True)
        others = await page_of(session.app, BEN_LOOKS, everything, Search())
        own = await page_of(session.app, Viewer(requester=ANA, tenant=TENANT), everything, Search(mine=True))

    assert others.images == ()
    assert [image.id for image in own.images] == [private.id]


async def test_a_search_finds_the_words_of_the_prompt_in_the_own_tenant(tmp_path: Path) -> None:
    async with quiet_session(tmp_path) as session:
        await keep(session.app, "discord:i:1", prompt="a blue car")
        cat = await keep(session.app, "discord:i:2", prompt="a Black Cat")
        await keep(session.app, "discord:i:3", prompt="a black cat", tenant="discord:2")
        page = await page_of(session.app, BEN_LOOKS, everything, Search(text="black cat"))

    assert [image.id for image in page.images] == [cat.id]
