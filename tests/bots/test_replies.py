from bots.replies import LOCALES, say, say_all
from generator.scene import Notice


def test_every_locale_says_the_same_notice_in_its_own_words() -> None:
    said = {say(Notice(key="job-failed"), locale) for locale in LOCALES}

    assert len(said) == len(LOCALES)


def test_an_unknown_notice_is_said_by_its_key_so_that_nothing_is_lost() -> None:
    assert say(Notice(key="no-such-message"), "ko") == "no-such-message"


def test_a_very_long_argument_is_cut_and_still_said() -> None:
    said = say(Notice(key="alt-prompt", args={"prompt": "x" * 10_000}), "en")

    assert said.startswith("AI-generated picture: xxx")
    assert len(said) < 3000


def test_notices_are_said_once_each_in_order() -> None:
    notices = [Notice(key="stage-drawing"), Notice(key="stage-checking"), Notice(key="stage-drawing")]

    assert say_all(notices, "en") == ("drawing", "checking")
