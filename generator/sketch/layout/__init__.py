"""The layout solver: a scene of objects and relations becomes a scene in which every instance has a box.

Start at ``solve``. Writing gets bands (``regions``); what stands on, in, behind or beside something becomes one block
(``nesting``, ``grouping``); blocks are put into rough rows (``rows``, ``compose``); on a revision only what has no box is
placed, around the boxes that are there (``pins``). ``holds`` and ``problems`` judge any solved scene.
"""

from generator.sketch.layout.checks import holds, problems
from generator.sketch.layout.metrics import Metrics
from generator.sketch.layout.solver import Layout, solve

__all__ = ["Layout", "Metrics", "holds", "problems", "solve"]
