"""Whose turn it is: fair, never starving, within the budget, and honest about how long it takes."""

import random
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.scheduling.costs import StepCosts, fit
from generator.scheduling.forecasts import Calibration, Forecasts
from generator.scheduling.scheduler import Budget, Scheduler
from generator.scheduling.ticket import Lane, Ticket
from tests.generator.scheduling.simulation import BUDGET, COSTS, Arrival, percentile, simulate

LONG, SHORT = 4608, 1536


def ticket(identity: str, **given) -> Ticket:
    facts: dict[str, Any] = {"id": identity, "tenant": "t", "steps": 4, "tokens": LONG, **given}
    return Ticket(**facts)


def ready(*tickets: Ticket, budget: Budget = BUDGET) -> Scheduler:
    scheduler = Scheduler(COSTS, budget)
    for one in tickets:
        scheduler.submit(one)
        scheduler.prepared(one.id)
    return scheduler


def ids(tickets) -> list[str]:
    return [one.id for one in tickets]


def test_a_whale_of_300_jobs_does_not_make_ten_small_tenants_wait():
    whale = [Arrival(0.0, ticket(f"whale-{n}", tenant="whale")) for n in range(300)]
    small = [
        Arrival(1.0 + 3.0 * n + tenant / 10, ticket(f"small-{tenant}-{n}", tenant=f"small-{tenant}"))
        for tenant in range(10)
        for n in range(3)
    ]
    fair, line = simulate([*whale, *small]), simulate([*whale, *small], fair=False)

    waits = {
        name: percentile([wait for one, wait in run.waits.items() if one.startswith("small")], 0.95)
        for name, run in (("fair", fair), ("line", line))
    }
    sys.stdout.write(
        f"measured: small tenants' p95 wait {waits['fair']:.2f} s, first come first served {waits['line']:.2f} s\n"
    )
    assert waits["fair"] <= waits["line"] / 5
    assert fair.until == pytest.approx(line.until, rel=0.03)


def test_a_small_job_waits_one_step_of_a_huge_one_at_most():
    scheduler = ready(ticket("huge", tenant="a", steps=50, tokens=17_000))
    for _ in range(3):
        scheduler.stepped(scheduler.pack())
    scheduler.submit(ticket("small", tenant="b"))
    scheduler.prepared("small")

    for _ in range(4):
        assert ids(scheduler.pack()) == ["small"]
        scheduler.stepped(scheduler.pack())
    assert "small" not in scheduler
    assert ids(scheduler.pack()) == ["huge"]


def test_a_tenant_of_twice_the_weight_gets_twice_the_work_done():
    scheduler = ready(
        *[
            ticket(f"{tenant}{n}", tenant=tenant, weight=weight)
            for tenant, weight in (("a", 2), ("b", 1))
            for n in range(60)
        ]
    )
    served = {"a": 0, "b": 0}
    for _ in range(120):
        for one in scheduler.pack():
            served[one.tenant] += 1
        scheduler.stepped(scheduler.pack())

    assert served["a"] == pytest.approx(2 * served["b"], rel=0.1)


def test_one_persons_twenty_images_do_not_block_the_others_of_the_server():
    scheduler = ready(*[ticket(f"ana{n}", requester="ana") for n in range(20)], ticket("ben", requester="ben"))

    assert [entry.ticket.id for entry in scheduler.order()].index("ben") <= 1


def test_who_comes_back_after_a_pause_has_saved_nothing_up():
    scheduler = ready(*[ticket(f"a{n}", tenant="a") for n in range(40)])
    for _ in range(80):
        scheduler.stepped(scheduler.pack())
    for n in range(20):
        scheduler.submit(ticket(f"b{n}", tenant="b"))
        scheduler.prepared(f"b{n}")

    first = [entry.ticket.tenant for entry in scheduler.order()][:20]
    assert 8 <= first.count("b") <= 12


def test_unlike_requests_share_a_step_as_far_as_the_budget_goes():
    scheduler = ready(*[ticket(f"{n}", tokens=SHORT, steps=n + 1) for n in range(4)], ticket("long", steps=1))

    assert ids(scheduler.pack()) == ["0", "1", "2"]


def test_requests_of_two_models_never_share_a_step():
    scheduler = ready(
        ticket("a", tokens=100, model="x"), ticket("b", tokens=100, model="y"), ticket("c", tokens=100, model="x")
    )

    assert ids(scheduler.pack()) == ["a", "c"]


def test_interactive_work_goes_first_but_leaves_the_rest_its_share():
    scheduler = ready(
        *[ticket(f"i{n}", tenant=f"i{n % 5}", lane=Lane.INTERACTIVE) for n in range(300)],
        *[ticket(f"b{n}", tenant="b") for n in range(300)],
    )
    served = []
    for _ in range(400):
        pack = scheduler.pack()
        served += [one.lane for one in pack]
        scheduler.stepped(pack)

    assert served[0] is Lane.INTERACTIVE
    assert served.count(Lane.BULK) / len(served) == pytest.approx(0.25, abs=0.03)


def test_a_withdrawn_request_is_not_stepped_again_and_may_come_back():
    scheduler = ready(ticket("a"), ticket("b"))
    pack = scheduler.pack()

    assert scheduler.withdraw("a")
    scheduler.stepped(pack)
    assert ids(scheduler.pack()) == ["b"]
    assert not scheduler.withdraw("a")
    scheduler.submit(ticket("a"))
    assert len(scheduler) == 2


def test_a_request_that_needs_more_steps_than_its_ticket_says_stays_until_it_is_said_to_be_done():
    scheduler = ready(ticket("a", steps=1))
    for _ in range(3):
        scheduler.stepped(scheduler.pack(), ended=())
    assert ids(scheduler.pack()) == ["a"]

    scheduler.stepped(scheduler.pack(), ended=("a",))
    assert len(scheduler) == 0


def test_a_ticket_cannot_be_lined_up_twice():
    scheduler = ready(ticket("a"))
    with pytest.raises(ValueError, match="lined up already"):
        scheduler.submit(ticket("a"))


@pytest.mark.parametrize(
    "bad", [{"steps": 0}, {"tokens": 0}, {"weight": 0.0}, {"weight": float("inf")}, {"memory": -1}]
)
def test_a_ticket_out_of_range_is_refused(bad):
    with pytest.raises(ValueError, match="out of range"):
        ticket("a", **bad)


def test_a_pack_that_does_not_fit_into_memory_is_halved_and_grows_again():
    scheduler = ready(*[ticket(f"{n}", tokens=1000, steps=100) for n in range(4)])
    assert len(scheduler.pack()) == 4
    assert scheduler.overflowed(scheduler.pack())
    assert len(scheduler.pack()) == 2
    assert scheduler.overflowed(scheduler.pack())
    assert len(scheduler.pack()) == 1
    assert not scheduler.overflowed(scheduler.pack())

    sizes = []
    for _ in range(30):
        sizes.append(len(scheduler.pack()))
        scheduler.stepped(scheduler.pack())
    assert sizes == sorted(sizes)
    assert sizes[-1] == 4


def test_only_as_much_is_prepared_as_memory_holds():
    scheduler = Scheduler(COSTS, Budget(tokens=4608, memory=25))
    for n in range(5):
        scheduler.submit(ticket(f"{n}", memory=10))
    assert scheduler.to_prepare(4) == ("0", "1")
    for n in range(2):
        scheduler.prepared(f"{n}")
    assert scheduler.to_prepare(4) == ()


def test_a_request_larger_than_the_memory_is_prepared_alone():
    scheduler = Scheduler(COSTS, Budget(tokens=4608, memory=25))
    scheduler.submit(ticket("a", memory=100))
    scheduler.submit(ticket("b", memory=1))

    assert scheduler.to_prepare(4) == ("a",)


def test_the_most_urgent_one_is_prepared_however_many_wait_ready():
    scheduler = ready(*[ticket(f"bulk{n}") for n in range(8)])
    scheduler.submit(ticket("now", tenant="new", lane=Lane.INTERACTIVE))

    assert scheduler.to_prepare(4) == ("now",)


def test_an_estimate_for_a_new_request_changes_nothing():
    scheduler = ready(*[ticket(f"{n}") for n in range(3)])
    before = [entry.ticket.id for entry in scheduler.order()]

    expected = scheduler.expected(ticket("new"))
    assert expected.place == 3
    assert [entry.ticket.id for entry in scheduler.order()] == before


@pytest.mark.parametrize("load", [0.5, 0.8, 1.0])
def test_estimates_are_right_within_a_quarter_in_a_mixed_stream(load):
    rng = random.Random(5)
    tickets = []
    for n in range(600):
        side = rng.choice([512, 768, 1024, 1280, 1536])
        tokens = side * side // 256 + 512 + rng.choice([0, 0, 0, 1024, 3072])
        steps = rng.choice([4, 4, 4, 8, 28, 50])
        lane = Lane.INTERACTIVE if steps == 4 and rng.random() < 0.5 else Lane.BULK
        tickets.append(ticket(f"{n}", tenant=f"t{n % 7}", tokens=tokens, steps=steps, lane=lane))
    work = sum(COSTS.together([one.tokens]) * one.steps for one in tickets) / len(tickets)
    now, arrivals = 0.0, []
    for one in tickets:
        now += rng.expovariate(load / work)
        arrivals.append(Arrival(now, one))
    run = simulate(arrivals)

    errors = [abs(run.predicted[one].seconds - wait) / wait for one, wait in run.waits.items()]
    sys.stdout.write(f"measured: load {load}: median absolute error of the estimates {percentile(errors, 0.5):.1%}\n")
    assert percentile(errors, 0.5) <= 0.25


@st.composite
def days(draw):
    """Tickets of a few tenants, requesters, lanes and models, arriving over a while."""
    return [
        Arrival(
            draw(st.floats(0, 5)),
            ticket(
                f"{n}",
                tenant=draw(st.sampled_from("abc")),
                requester=draw(st.sampled_from("xy")),
                model=draw(st.sampled_from("mn")),
                steps=draw(st.integers(1, 8)),
                tokens=draw(st.integers(1, 9000)),
                weight=draw(st.sampled_from([0.5, 1.0, 4.0])),
                lane=draw(st.sampled_from(list(Lane))),
            ),
        )
        for n in range(draw(st.integers(1, 40)))
    ]


@settings(max_examples=60, deadline=None)
@given(days())
def test_every_ticket_ends_with_all_its_steps_and_no_pack_exceeds_the_budget(arrivals):
    run = simulate(arrivals)

    tickets = {arrival.ticket.id: arrival.ticket for arrival in arrivals}
    stepped = [one for pack in run.packs for one in pack]
    assert {one: stepped.count(one) for one in tickets} == {one: each.steps for one, each in tickets.items()}
    for pack in run.packs:
        assert len(pack) == len(set(pack))
        assert len(pack) == 1 or sum(tickets[one].tokens for one in pack) <= BUDGET.tokens
        assert len({tickets[one].model for one in pack}) == 1


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(100, 9000), min_size=1, max_size=12), st.integers(0, 100))
def test_nobody_starves_behind_newcomers(lengths, seed):
    """A lone bulk request ends although interactive requests of other tenants never cease to come."""
    scheduler, rng = ready(ticket("bulk", tokens=4000, steps=10)), random.Random(seed)
    for step in range(400):
        if "bulk" not in scheduler:
            break
        one = ticket(f"i{step}", tenant=f"t{rng.randrange(9)}", tokens=rng.choice(lengths), lane=Lane.INTERACTIVE)
        scheduler.submit(one)
        scheduler.prepared(one.id)
        scheduler.stepped(scheduler.pack())

    assert "bulk" not in scheduler


def test_costs_are_found_again_from_what_they_give():
    true = StepCosts(fixed=0.01, linear=2e-5, square=1e-9)
    samples = [(lengths, true.together(lengths)) for lengths in ([500], [1500], [4500], [1500] * 3, [9000])]

    found = fit(samples)
    assert found.fixed == pytest.approx(true.fixed, rel=1e-3)
    assert found.linear == pytest.approx(true.linear, rel=1e-3)
    assert found.square == pytest.approx(true.square, rel=1e-3)


def test_costs_are_never_negative_whatever_was_measured():
    found = fit([([100], 0.5), ([1000], 0.2), ([4000], 0.1), ([200, 300], 0.4)])

    assert min(found.fixed, found.linear, found.square) >= 0


def test_costs_need_enough_measurements():
    with pytest.raises(ValueError, match="three"):
        fit([([100], 0.1)])


def test_estimates_follow_what_steps_really_take():
    calibration = Calibration()
    for _ in range(50):
        calibration.note(0.1, 0.3)
    assert calibration.factor == pytest.approx(3.0)
    calibration.note(0.1, 0.0)
    calibration.note(0.0, 1.0)
    assert calibration.factor == pytest.approx(3.0)


def test_forecasts_of_one_kind_and_length_are_corrected_by_their_like_only():
    forecasts = Forecasts()
    for _ in range(40):
        forecasts.note(Lane.BULK, 8.0, 16.0)

    assert forecasts.corrected(Lane.BULK, 8.0) == pytest.approx(16.0)
    assert forecasts.corrected(Lane.BULK, 0.5) == 0.5
    assert forecasts.corrected(Lane.INTERACTIVE, 8.0) == 8.0


def test_where_length_makes_no_difference_tokens_are_charged_all_the_same():
    flat = fit([((100,), 0.5), ((200,), 0.5), ((400,), 0.5), ((100, 100), 0.5)])

    assert flat.alone(200) > flat.alone(100) > 0
    assert flat.together([400]) == pytest.approx(0.5, rel=0.03)
