"""Telling Slack's requests from all others: any body, any time, any header; S6."""

from hypothesis import given
from hypothesis import strategies as st

from bots.slack.http import FRESH_SECONDS, Signature


@given(body=st.binary(max_size=50), at=st.integers(0, 10**11), age=st.integers(-1000, 1000))
def test_s6_a_signature_is_good_for_its_body_and_time_only(body, at, age):
    signature = Signature("secret", now=lambda: float(at + age))
    stamp = str(at)
    made = signature.made(stamp, body)

    assert signature.is_valid(stamp, made, body) == (abs(age) <= FRESH_SECONDS)
    assert not signature.is_valid(stamp, made, body + b"x")
    assert not signature.is_valid(str(at + 1), made, body)
    assert not Signature("another", now=lambda: float(at)).is_valid(stamp, made, body)


@given(stamp=st.text(max_size=20), signature=st.text(max_size=80))
def test_s6_no_header_breaks_the_check(stamp, signature):
    assert not Signature("secret").is_valid(stamp, signature, b"{}")
