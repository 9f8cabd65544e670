from bots.alt import MAX_LENGTH, alt_text
from generator.request import GenerationRequest
from generator.scene import Kind, Scene, SceneObject


def _scene(*objects: SceneObject) -> Scene:
    return Scene(width=1024, height=1024, background="#ffeecc", objects=objects)


def test_alt_text_names_objects_words_and_background() -> None:
    scene = _scene(
        SceneObject(id="apple1", label="apples", color="#ff0000", count=3),
        SceneObject(id="title1", kind=Kind.TEXT, text="SALE 50%"),
    )
    alt = alt_text(GenerationRequest(), scene, "en")

    assert "3 × apples #ff0000" in alt
    assert "“SALE 50%”" in alt
    assert "#ffeecc" in alt
    assert alt.startswith("AI-generated")


def test_alt_text_speaks_korean() -> None:
    assert "사과 3개" in alt_text(GenerationRequest(), _scene(SceneObject(id="apple1", label="사과", count=3)), "ko")


def test_alt_text_is_bounded() -> None:
    assert len(alt_text(GenerationRequest(prompt="x" * 5000), None, "en")) == MAX_LENGTH
