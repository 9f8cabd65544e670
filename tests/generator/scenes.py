"""Random scenes whose relations are true of a hidden arrangement, so that they can all be met; and simple metrics."""

import math
import random
from dataclasses import dataclass

from generator.scene import Kind, Place, Relation, RelationKind, Scene, SceneObject, Size, TextRole

CANVASES = ((1024, 1024), (1536, 1024), (1024, 1536), (768, 768), (1920, 1080), (1080, 1920))
"""Widths and heights, from portrait to landscape."""

HOSTED = (RelationKind.ON, RelationKind.INSIDE, RelationKind.BEHIND, RelationKind.IN_FRONT_OF)


@dataclass(frozen=True)
class FixedMetrics:
    """Aspects by a fixed rule, and text that is about half as wide per letter as it is high."""

    def aspect(self, item: SceneObject) -> float:
        """Between 0.6 and 1.65, by the letters of the id; charts and cards are wide."""
        if item.kind is Kind.CHART:
            return 1.5
        if item.kind is Kind.CARD:
            return 2.4
        return 0.6 + (sum(map(ord, item.art or item.id)) * 37 % 106) / 100

    def fit_text(self, item: SceneObject, width: float, height: float) -> tuple[float, float]:
        """The largest block with line height 1.2 and letters 0.55 wide, over the numbers of lines up to six."""
        letters = max(len(item.text or ""), 1)
        best = (1.0, 1.0)
        for lines in range(1, 7):
            longest = math.ceil(letters / lines)
            size = min(height / (1.2 * lines), width / (0.55 * longest))
            block = (0.55 * longest * size, 1.2 * lines * size)
            best = max(best, block, key=lambda found: found[0] * found[1])
        return (min(best[0], width), min(best[1], height))


def art(name: str, **fields) -> SceneObject:
    """A drawing called ``name``."""
    return SceneObject(id=name, label=name, **{"art": name, **fields})


def text(name: str, words: str, role: TextRole = TextRole.TITLE, **fields) -> SceneObject:
    """A text block."""
    return SceneObject(id=name, label=name, kind=Kind.TEXT, text=words, role=role, **fields)


def relate(subject: str, kind: RelationKind, *objects: str) -> Relation:
    """A relation."""
    return Relation(kind=kind, subject=subject, objects=objects)


def random_scene(seed: int, *, least: int = 5, most: int = 20) -> Scene:
    """A scene of ``least`` to ``most`` objects that can be met: the same for the same seed.

    Roots get hidden cells of a grid; directions, neighbours, rows and "between" are read off the cells; some objects are
    hosted by a root instead; some scenes have a title, places or counts.
    """
    chance = random.Random(seed)
    width, height = chance.choice(CANVASES)
    total = chance.randint(least, most)
    hosted = min(chance.randint(0, 4), total // 3)
    titled = chance.random() < 0.5
    roots = [f"thing{index}" for index in range(total - hosted - titled)]
    columns = max(1, math.ceil(math.sqrt(len(roots) * width / height)))
    cells = {name: divmod(index, columns) for index, name in enumerate(roots)}
    objects = [_thing(name, chance) for name in roots]
    relations = _relations(cells, chance)
    hosts = chance.sample(roots, hosted)
    for index, host in enumerate(hosts):
        objects.append(art(f"guest{index}", size=chance.choice((Size.SMALL, Size.MEDIUM))))
        relations.append(relate(f"guest{index}", chance.choice(HOSTED), host))
    if titled:
        objects.append(text("title1", chance.choice(("SALE 50%", "Summer fair by the lake", "오늘의 메뉴"))))
    chance.shuffle(objects)
    return Scene(width=width, height=height, objects=tuple(objects), relations=tuple(relations))


def _thing(name: str, chance: random.Random) -> SceneObject:
    size = chance.choices(tuple(Size), weights=(1, 2, 6, 2, 1))[0]
    return art(name, size=size, count=chance.choices((1, 2, 3, 5, 12), weights=(12, 2, 2, 1, 1))[0])


def _relations(cells: dict[str, tuple[int, int]], chance: random.Random) -> list[Relation]:
    names = list(cells)
    by_cell = {cell: name for name, cell in cells.items()}
    relations: list[Relation] = []
    for _ in range(chance.randint(1, max(1, len(names) * 2 // 3)) if len(names) > 1 else 0):
        first, second = chance.sample(names, 2)
        relations += _direction(first, second, cells, chance)
    name = chance.choice(names)
    row, column = cells[name]
    left, right = by_cell.get((row, column - 1)), by_cell.get((row, column + 1))
    upper, lower = by_cell.get((row - 1, column)), by_cell.get((row + 1, column))
    offers = []
    if right:
        offers.append(relate(name, RelationKind.NEXT_TO, right))
    if left and right:
        offers.append(relate(name, RelationKind.BETWEEN, left, right))
        offers.append(relate(left, RelationKind.IN_ROW, name, right))
    if upper and lower and not relations:
        offers.append(relate(name, RelationKind.BETWEEN, upper, lower))
    if offers:
        relations.append(chance.choice(offers))
    return relations


def _direction(first: str, second: str, cells: dict[str, tuple[int, int]], chance: random.Random) -> list[Relation]:
    """One relation that is true of the two cells."""
    (row, column), (other_row, other_column) = cells[first], cells[second]
    offers = []
    if column != other_column:
        offers.append(RelationKind.LEFT_OF if column < other_column else RelationKind.RIGHT_OF)
    if row != other_row:
        offers.append(RelationKind.ABOVE if row < other_row else RelationKind.BELOW)
    return [relate(first, chance.choice(offers), second)]


def at_places() -> tuple[SceneObject, ...]:
    """Nine drawings, one for each place of the canvas."""
    return tuple(art(place.value.replace(" ", "_"), at=place) for place in Place)
