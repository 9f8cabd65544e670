import json
from datetime import UTC, datetime
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.receipt import ReceiptLine
from generator.request import GenerationRequest, Intent, Reference, ReferenceRole, TextBlock
from generator.scene import Arrangement, Kind, Place, Relation, RelationKind, Scene, SceneObject, Size, TextRole
from moderation.types import Action, Finding, Stage, Verdict
from storage.codec import CodecError, decode, encode
from storage.records import Credential, GenerationRecord, JobRecord
from tests.storage.samples import generation

text = st.text(max_size=12)
number = st.floats(allow_nan=False, allow_infinity=False)
names = st.lists(text, max_size=3).map(tuple)
json_data = st.recursive(
    st.none() | st.booleans() | st.integers(-1000, 1000) | number | text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=5,
)
background = text | st.tuples(text, text)
grid = st.none() | st.tuples(st.integers(1, 9), st.integers(1, 9))

scene_objects = st.builds(
    SceneObject,
    id=text,
    kind=st.sampled_from(Kind),
    label=text,
    color=st.none() | text,
    count=st.integers(1, 20),
    size=st.sampled_from(Size),
    arrangement=st.sampled_from(Arrangement),
    grid=grid,
    at=st.none() | st.sampled_from(Place),
    angle=number,
    text=st.none() | text,
    role=st.sampled_from(TextRole),
    data=st.none() | st.dictionaries(text, json_data, max_size=3),
    boxes=st.lists(st.tuples(number, number, number, number), max_size=2).map(tuple),
)
relations = st.builds(Relation, kind=st.sampled_from(RelationKind), subject=text, objects=names)
scenes = st.builds(
    Scene,
    width=st.integers(1, 4096),
    height=st.integers(1, 4096),
    background=background,
    grid=grid,
    objects=st.lists(scene_objects, max_size=3).map(tuple),
    relations=st.lists(relations, max_size=2).map(tuple),
)
references = st.builds(Reference, digest=text, role=st.sampled_from(ReferenceRole), strength=number)
requests = st.builds(
    GenerationRequest,
    intent=st.sampled_from(Intent),
    prompt=text,
    parents=names,
    references=st.lists(references, max_size=2).map(tuple),
    mask_image=st.none() | text,
    background=st.none() | background,
    palette=names,
    text_blocks=st.lists(st.builds(TextBlock, text=text, role=st.sampled_from(TextRole)), max_size=2).map(tuple),
    seed=st.integers(0, 2**32 - 1),
    num_inference_steps=st.none() | st.integers(1, 50),
    guidance_scale=st.none() | number,
    private=st.booleans(),
    scene=st.none() | scenes,
)
findings = st.builds(
    Finding,
    layer=text,
    policy=text,
    label=text,
    score=number,
    threshold=number,
    rule=text,
    action=st.sampled_from(Action),
)
verdicts = st.builds(
    Verdict,
    action=st.sampled_from(Action),
    findings=st.lists(findings, max_size=2).map(tuple),
    reason=text,
    rewording=st.none() | text,
    milliseconds=number,
    stage=st.sampled_from(get_args(Stage)),
)
generations = st.builds(
    GenerationRecord,
    id=text,
    job=text,
    index=st.integers(0, 9),
    tenant=text,
    conversation=text,
    requester=text,
    created_at=st.datetimes(timezones=st.just(UTC)),
    request=requests,
    scene=st.none() | scenes,
    verdicts=st.lists(verdicts, max_size=2).map(tuple),
    receipt=st.lists(
        st.builds(ReceiptLine, check=text, asked=text, measured=text, passed=st.none() | st.booleans()), max_size=2
    ).map(tuple),
    parents=names,
    digest=text,
    draft_digest=text,
    media_type=text,
    width=st.integers(1, 4096),
    height=st.integers(1, 4096),
    has_alpha=st.booleans(),
    size_bytes=st.integers(0, 2**40),
    engine=text,
    engine_version=text,
    model=text,
    seed=st.integers(0, 2**32 - 1),
    mark_id=st.integers(0, 2**48 - 1),
    credential=st.builds(Credential, signed=st.booleans(), manifest=text),
    unmet=names,
    timings=st.dictionaries(text, number, max_size=2),
)


def through_json(kind: Any, value: Any) -> Any:
    return decode(kind, json.loads(json.dumps(encode(kind, value))))


few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@few
@given(scenes)
def test_a_scene_comes_back_equal(value):
    assert through_json(Scene, value) == value


@few
@given(requests)
def test_a_request_comes_back_equal(value):
    assert through_json(GenerationRequest, value) == value


@few
@given(st.lists(verdicts, max_size=3).map(tuple))
def test_verdicts_come_back_equal(value):
    assert through_json(tuple[Verdict, ...], value) == value


@few
@given(generations)
def test_a_generation_record_comes_back_equal(value):
    assert through_json(GenerationRecord, value) == value


def test_an_older_document_takes_the_defaults_and_a_newer_one_loses_what_is_unknown():
    document = encode(GenerationRecord, generation("job"))
    del document["unmet"]
    document["from_the_future"] = {"deep": 1}

    assert decode(GenerationRecord, document) == generation("job")


def test_a_misfit_names_the_field_and_not_its_value():
    document = encode(GenerationRecord, generation("job")) | {"width": "a secret prompt"}

    with pytest.raises(CodecError, match=r"GenerationRecord: width: ") as caught:
        decode(GenerationRecord, document)

    assert "secret" not in str(caught.value)


def test_a_job_record_keeps_its_instant_and_zone():
    job = JobRecord(
        id="j",
        tenant="t",
        conversation="c",
        requester="r",
        position=1,
        ordered=True,
        status="waiting",
        created_at=datetime(2026, 11, 23, 1, 2, 3, 4, tzinfo=UTC),
    )

    assert through_json(JobRecord, job) == job
