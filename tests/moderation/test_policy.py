import pytest
from hypothesis import given
from hypothesis import strategies as st

from moderation.engine import build_moderator
from moderation.lexicon import LexiconInvalid, load_lexicon, parse_lexicon
from moderation.numbers import groups_of_numbers, luhn
from moderation.policy import PolicyInvalid, load_policies, parse_policy
from moderation.term_rules import UPLOADED_IMAGE

TOPICS = {"sexual", "minors", "violence", "hate", "self-harm", "real-people", "illegal-goods", "personal-data"}
BY_FORM = {UPLOADED_IMAGE, "card_number", "national_number"}


def test_every_topic_has_a_policy_with_words_in_both_languages():
    book = load_policies()
    assert set(book.policies) >= TOPICS
    assert all(set(policy.words) == {"en", "ko"} for policy in book.policies.values())


def test_every_group_a_rule_needs_has_terms():
    known = {group for entries in load_lexicon()._terms for term in entries for group in term.groups} | BY_FORM
    for policy in load_policies().policies.values():
        for rule in policy.rules:
            assert set(rule.softened_by).union(*rule.needs) <= known, rule.id


def test_strict_is_never_laxer_than_standard():
    for policy in load_policies().policies.values():
        for label in policy.labels.values():
            assert label.strict.review <= label.standard.review
            assert label.strict.block <= label.standard.block


def test_the_version_names_texts_and_strictness():
    standard, strict = build_moderator().policy_version, build_moderator("strict").policy_version
    assert len(standard) == 12
    assert standard != strict


@pytest.mark.parametrize("text", ["", "no front matter", "+++\nid = 1\n+++\nbody", "+++\nid = \n+++\nbody"])
def test_a_malformed_policy_is_refused(text):
    with pytest.raises(PolicyInvalid, match="hate"):
        parse_policy("hate", text)


@pytest.mark.parametrize("row", ["term", "term\tsomewhere\tgroup", "Term\tword\tgroup", "term\tword\t"])
def test_a_malformed_row_is_refused(row):
    with pytest.raises(LexiconInvalid):
        parse_lexicon("table", f"term\tmatch\tgroups\n{row}\n")


@given(st.integers(10**11, 10**15))
def test_exactly_one_check_digit_satisfies_luhn(stem):
    assert sum(luhn(f"{stem}{digit}") for digit in range(10)) == 1


@pytest.mark.parametrize(
    ("text", "groups"),
    [
        ("4539148803436467", {"card_number"}),
        ("4539148803436468", set()),
        ("900101-1234568", {"national_number"}),
        ("900101-1234567", set()),
        ("901301-1234568", set()),
        ("a 17-year-old", {"minor"}),
        ("18 years old", set()),
        ("17살", {"minor"}),
        ("7세트", set()),
    ],
)
def test_numbers_count_by_their_form(text, groups):
    assert groups_of_numbers(text) == groups
