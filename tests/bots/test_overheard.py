"""Words in a thread of the bot that nobody addressed to it: talk stays unanswered, requests work."""

import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bots.conversation import Attachment, Conversation, Options, ReplyTo, Turn
from bots.planning.rules import plan_by_rules
from tests.bots.threads import drawn, image, thread, with_changes

TALK = [
    "nice!",
    "lol",
    "LOL 😂😂",
    "thanks Ben",
    "thanks!",
    "thank you so much",
    "see you at 5",
    "see you tomorrow at the station",
    "@ben what do you think?",
    "<@123456789> what do you think?",
    "what do you think @ben?",
    "@ben can you make the hat red?",
    "what do you think?",
    "what do you all say?",
    "looks great",
    "love it",
    "I love it",
    "I like the red apples",
    "the car looks great",
    "the car is cute",
    "I bought a car yesterday",
    "we sold our car last year",
    "my dog ate the apples",
    "a friend told me about it",
    "a car hit me today lol",
    "I'll take the train at five",
    "let's have lunch",
    "are you coming tonight?",
    "did you see the game?",
    "who wants coffee?",
    "how are you?",
    "how about lunch?",
    "where did you park the car?",
    "when is the meeting?",
    "why?",
    "makes sense",
    "move on",
    "keep me posted",
    "make sure we send it today",
    "take care",
    "add me to the list",
    "update the ticket please",
    "fix the printer",
    "give me a minute",
    "no worries",
    "not sure",
    "same here",
    "ok",
    "👍",
    "😂😂😂",
    "+1",
    "hmm",
    "brb",
    "good morning everyone",
    "https://example.org/a/red/car.png",
    "can you send me the file?",
    "could you call me later?",
    "reminds me of my old car",
    "that's what I said",
    "we should print this",
    "on my way",
    "happy birthday Ana!",
    "ana, the client called",
    "can we ship this?",
    "let's use this one for the flyer",
    "two apples walk into a bar",
    "put it on the wiki",
    "take it or leave it",
    "yeah the blue one",
    "nice car",
    "cool hat",
    "강아지 귀여워",
    "buy three apples",
    "boss wants the car in blue",
    "keep the blue car",
    "점심 먹으면 좋겠다",
    "내일 만나면 어때?",
    "배경 바꾸지 마",
    "이걸로 하자",
    "ㅋㅋ",
    "ㅋㅋㅋㅋㅋ",
    "와 대박",
    "고마워 벤",
    "감사합니다",
    "예쁘다",
    "차 예쁘다",
    "차가 귀엽네요",
    "이따 5시에 봐",
    "내일 봐요",
    "점심 뭐 먹을까?",
    "벤은 어떻게 생각해?",
    "@벤 어떻게 생각해?",
    "나 어제 차 샀어",
    "사과 사다 줘",
    "자료 좀 보내줘",
    "회의 시간 바꿔줘",
    "우리 집에 가자",
    "잘 자",
    "왜?",
    "퇴근했어요",
    "ㅇㅇ",
    "음...",
    "그러게요",
]
REQUESTS = [
    "make the car red",
    "make the apples bigger",
    "nice, now make the car red",
    "lol make the car tiny",
    "looks good, but move the car to the left",
    "thanks! can you make the car green?",
    "can you make the car green?",
    "hey can somebody make the car red?",
    "@threadbrush make the car red",
    "could we have a tree next to the car?",
    "I want the car bigger",
    "I'd like a transparent background",
    "the car should be red",
    "I think the car should be yellow",
    "how about a green car?",
    "what if the car was red?",
    "let's make the car pink",
    "let's add a tree",
    "maybe add a tree",
    "love it, add a tree",
    "ok now remove the apples",
    "remove the apples",
    "without the apples",
    "yellow car",
    "bigger",
    "a bit bigger please",
    "blue background",
    "transparent background",
    "16:9",
    "portrait version",
    "add a tree",
    "draw a cat",
    "now a poster with a rocket",
    "a cat on a sofa",
    "a cat sitting on a sofa",
    "get rid of the apples",
    "perfect, thanks! now without the title",
    "three red balloons",
    "undo",
    "another one",
    "again",
    "go back",
    "swap the car and the apples",
    'change the title to "Hello"',
    "차를 노란색으로 바꿔줘",
    "ㅋㅋ 차를 빨간색으로 해줘",
    "예쁘다, 차를 노란색으로 바꿔줘",
    "사과 지워줘",
    "나무 추가해줘",
    "사과를 더 크게 해줘",
    "배경을 파란색으로",
    "투명 배경으로 해줘",
    "고양이 그려줘",
    "다시 그려줘",
    "하나 더",
    "차를 빨간색으로 바꾸면 어때?",
    "나무를 추가하면 좋겠어요",
    "고양이랑 강아지가 소파에 앉아 있는 그림",
    "되돌려줘",
    "차를 왼쪽으로 옮겨주세요",
]
QUESTIONS = [
    "what did you change?",
    "what changed?",
    "what size is it?",
    "what's the seed?",
    "what color is the car?",
    "how many apples are there?",
    "why is the car blue?",
    "is the background transparent?",
    "which style did you use?",
    "뭐가 바뀌었어?",
    "시드가 뭐야?",
    "사과가 몇 개야?",
    "차는 무슨 색이야?",
    "배경색이 뭐야?",
]
BEFORE_AN_IMAGE = [("draw a cat", "draw"), ("a cat on a sofa", "draw"), ("고양이 그려줘", "draw"), ("nice!", "ignore")]
FIRST = drawn(image("one"), text="a poster with a car and three apples", author="ben")


def overheard(text: str, *earlier: Turn, author: str = "ana", **fields: Any) -> Conversation:
    newest = Turn(author=author, text=text, addressed=False, **fields)
    return Conversation(id="cli:thread", turns=(*earlier, newest))


@pytest.mark.parametrize("text", TALK)
def test_talk_among_people_is_left_alone(text: str) -> None:
    plan = plan_by_rules(overheard(text, FIRST))

    assert plan.outcome == "ignore"
    assert plan.words is None
    assert plan.request is None


@pytest.mark.parametrize("text", REQUESTS)
def test_a_request_works_without_being_addressed(text: str) -> None:
    changed = with_changes(image("two", parents=("one",)), ("changed-color", {"id": "car1"}))
    earlier = drawn(changed, text="make the car blue", author="ben")

    assert plan_by_rules(overheard(text, FIRST, earlier)).outcome == "draw"


@pytest.mark.parametrize("text", QUESTIONS)
def test_a_question_about_the_picture_is_answered_without_being_addressed(text: str) -> None:
    plan = plan_by_rules(overheard(text, FIRST))

    assert plan.outcome == "answer"
    assert plan.words is not None
    assert plan.words.key.startswith("answer-")


@pytest.mark.parametrize(("text", "outcome"), BEFORE_AN_IMAGE)
def test_a_first_picture_can_be_asked_for_without_being_addressed(text: str, outcome: str) -> None:
    assert plan_by_rules(overheard(text)).outcome == outcome


@pytest.mark.parametrize("text", ["nice!", "thanks", "hmm", "ㅋㅋ", "고마워요", "make the hat sparkle", "👍"])
def test_what_is_addressed_to_the_bot_is_always_answered(text: str) -> None:
    plan = plan_by_rules(thread(text, FIRST))

    assert plan.outcome in {"answer", "question"}
    assert plan.words is not None


def test_a_change_that_cannot_be_made_is_told_without_being_addressed() -> None:
    plan = plan_by_rules(overheard("make the elephant red", FIRST))

    assert plan.outcome == "question"
    assert plan.words is not None
    assert plan.words.key == "not-in-picture"


def test_an_impossible_option_is_told_without_being_addressed() -> None:
    assert plan_by_rules(overheard("make it 9000x9000", FIRST)).outcome == "invalid"


def test_who_was_asked_back_need_not_address_the_answer() -> None:
    asked = Turn(author="ana", text="make it red", answer="Which one?", asked_back=True)

    assert plan_by_rules(overheard("my car, what else", FIRST)).outcome == "ignore"
    assert plan_by_rules(overheard("oh I meant something else", FIRST, asked)).outcome == "question"
    assert plan_by_rules(overheard("oh I meant something else", FIRST, asked, author="ben")).outcome == "ignore"
    assert plan_by_rules(overheard("thanks", FIRST, asked)).outcome == "ignore"


def test_a_reply_and_a_button_are_never_talk() -> None:
    replied = overheard("hmm what do you think", FIRST, reply_to=ReplyTo(turn=0))
    pressed = replace(overheard("", FIRST), options=Options(action="vary"))

    assert plan_by_rules(replied).outcome != "ignore"
    assert plan_by_rules(pressed).outcome == "draw"


def test_a_turn_that_only_shows_an_upload_is_left_alone() -> None:
    photo = (Attachment(digest="a" * 64, width=64, height=64),)

    assert plan_by_rules(overheard("", FIRST, attachments=photo)).outcome == "ignore"
    assert plan_by_rules(overheard("look at this", FIRST, attachments=photo)).outcome == "ignore"
    assert plan_by_rules(overheard("put this photo next to the car", FIRST, attachments=photo)).outcome == "draw"


@given(st.text(max_size=300))
def test_any_words_are_read_and_none_become_silence_with_words(text: str) -> None:
    plan = plan_by_rules(overheard(text, FIRST))

    assert (plan.outcome == "ignore") == (plan.words is None and plan.request is None)


@pytest.mark.parametrize(
    "text",
    [
        "good night " * 700,
        "wow " * 2000,
        ":fire:" * 1300,
        "https://a " * 800,
        "!?" * 4000,
        "thanks you're " * 570,
        "ㅋ" * 7999,
    ],
)
def test_long_talk_costs_next_to_nothing(text: str) -> None:
    started = time.process_time()
    plan_by_rules(overheard(f"{text}x"[:8000], FIRST))

    assert time.process_time() - started < 2.0
