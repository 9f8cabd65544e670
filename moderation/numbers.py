"""Numbers that stand for a person: cards, resident and social security numbers, ages. Knows their forms and check digits only."""

import re
from datetime import date

_CARD = re.compile(r"(?<![\d.])[3-6]\d{3}(?:[ -]?\d){9,15}(?![\d.]?\d)")
# Published by payment providers for tests and mock-ups; nobody owns them.
_TEST_CARDS = frozenset(
    {"4242424242424242", "4111111111111111", "5555555555554444", "378282246310005", "4000056655665556"}
)
_RESIDENT = re.compile(r"(?<!\d)(\d{2})(\d{2})(\d{2})[- ]?([1-8]\d{6})(?!\d)")
_RESIDENT_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
# Numbers given out since October 2020 carry no check digit.
_LAST_CHECKED_BIRTH = date(2020, 10, 1)
_SOCIAL_SECURITY = re.compile(r"(?<![\d-])(?!000|666|9\d\d)\d{3}-(?!00)\d\d-(?!0000)\d{4}(?![\d-])")
_AGE = re.compile(
    r"(?<![\d.])(?:(?:aged?|age of|age:)\s?(\d{1,2})(?![\d.%])|(\d{1,2})\s?-?\s?(?:years?[ -]?olds?|yrs?[ -]old|y/?o\b|살|세(?![가-힣트]|로)))"
)
_ADULT = 18


def groups_of_numbers(text: str) -> frozenset[str]:
    """Groups met by numbers in a canonical reading: ``card_number``, ``national_number``, ``minor``."""
    found = set()
    if any(_is_card(match[0]) for match in _CARD.finditer(text)):
        found.add("card_number")
    if _SOCIAL_SECURITY.search(text) or any(_is_resident(match) for match in _RESIDENT.finditer(text)):
        found.add("national_number")
    if any(0 < int(match[1] or match[2]) < _ADULT for match in _AGE.finditer(text)):
        found.add("minor")
    return frozenset(found)


def luhn(digits: str) -> bool:
    """Whether the last digit checks the others. Source: ISO/IEC 7812-1, annex B."""
    total = 0
    for index, char in enumerate(reversed(digits)):
        value = int(char) * (2 if index % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _is_card(found: str) -> bool:
    digits = re.sub(r"\D", "", found)
    return len(set(digits)) > 2 and digits not in _TEST_CARDS and luhn(digits)


def _is_resident(found: re.Match[str]) -> bool:
    """A Korean resident registration number: a birth date that exists, and its check digit where it has one."""
    year, month, day, serial = found.groups()
    century = 1900 if serial[0] in "1256" else 2000
    try:
        born = date(century + int(year), int(month), int(day))
    except ValueError:
        return False
    if born >= _LAST_CHECKED_BIRTH:
        return "-" in found[0]
    digits = [int(char) for char in year + month + day + serial]
    weighted = sum(weight * digit for weight, digit in zip(_RESIDENT_WEIGHTS, digits, strict=False))
    return (11 - weighted % 11) % 10 == digits[-1]
