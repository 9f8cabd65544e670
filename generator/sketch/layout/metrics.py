"""The port through which the layout learns sizes. It knows nothing of fonts, art tables or charts."""

from typing import Protocol

from generator.scene import SceneObject


class Metrics(Protocol):
    """What the layout must know of the things it places."""

    def aspect(self, item: SceneObject) -> float:
        """Width divided by height of one instance's tight art, image, chart or card; positive."""
        ...

    def fit_text(self, item: SceneObject, width: float, height: float) -> tuple[float, float]:
        """Width and height in px of the text block when it is set as large as fits ``width`` by ``height`` px."""
        ...
