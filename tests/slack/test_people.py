"""What Slack says of a person, and who stands behind an interaction."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from bots.courier import TryLater
from bots.slack.people import LONGEST_NAME, Person, locale_of, person_of, person_or_nobody, read_person, who
from tests.slack.pages import Stage, pages

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=200),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=12), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(
    ["id", "name", "real_name", "profile", "locale", "is_admin", "is_owner", "team_id", "user", "team"]
)


@pytest_asyncio.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    async with pages(tmp_path) as made:
        yield made


@given(ANYTHING | st.dictionaries(KEYS, ANYTHING))
def test_whatever_slack_says_of_a_person_can_be_read(said: Any) -> None:
    person = read_person(said)

    assert len(person.name) <= LONGEST_NAME
    assert "\n" not in person.name
    assert person.locale in ("en", "ko")
    assert person.admin is (isinstance(said, dict) and (said.get("is_admin") is True or said.get("is_owner") is True))


def test_a_person_is_called_what_people_see() -> None:
    said = {"name": "ana", "real_name": "Ana Kim", "profile": {"display_name": " ", "real_name": "Ana\nKim"}}

    assert read_person(said).name == "Ana Kim"
    assert read_person({"name": "ana", "profile": {"display_name": "Anna"}, "locale": "ko-KR"}) == Person(
        name="Anna", locale="ko"
    )


async def test_a_person_is_asked_about_once_a_minute(stage: Stage) -> None:
    workspace = await stage.parts.workspaces.find(stage.team.id)
    first = [await person_of(workspace, stage.ana.id) for _ in range(3)]

    assert first == [Person(name="ana", admin=True)] * 3
    assert len(stage.fake.calls("users.info")) == 1


async def test_of_a_person_of_whom_slack_says_nothing_nothing_is_believed(stage: Stage) -> None:
    workspace = await stage.parts.workspaces.find(stage.team.id)
    stage.fake.faults.add("error", "users.info", times=2)

    assert await person_or_nobody(workspace, stage.ana.id) == Person()
    assert await locale_of(workspace, stage.ben.id) == "en"
    stage.fake.faults.add("error", "users.info")
    with pytest.raises(TryLater):
        await person_of(workspace, stage.ben.id)


def test_the_workspace_of_an_organization_stands_beside_the_person() -> None:
    body = {"user": {"id": "U1", "team_id": "T1"}, "team": None, "enterprise": {"id": "E1"}}

    assert who(body) == ("T1", "E1", "U1")
    assert who({**body, "team": {"id": "T2"}, "enterprise": None}) == ("T2", None, "U1")


@given(st.dictionaries(KEYS, st.none() | st.text(max_size=3) | st.dictionaries(st.just("name"), st.text(max_size=3))))
def test_nobody_is_behind_an_interaction_without_a_person(body: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="nobody"):
        who(body)
