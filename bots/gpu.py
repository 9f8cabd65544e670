"""What PyTorch says of this machine's GPUs, asked in a process of its own.

PyTorch takes memory and time, and a broken driver may take the process along.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from importlib import metadata, util

_ASKED = """
import json, torch
count = torch.cuda.device_count()
found = [torch.cuda.get_device_properties(index) for index in range(count)]
print(json.dumps([[one.name, one.total_memory] for one in found]))
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpu:
    """One of them; ``memory`` in bytes."""

    name: str
    memory: int

    @property
    def gib(self) -> str:
        """Its memory, for people."""
        return f"{self.memory / 2**30:.0f} GiB"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpus:
    """What was found.

    Attributes:
        version: Of PyTorch; None if it is not installed.
        broken: PyTorch is installed and cannot be loaded.
        found: The first one is what the engine draws on.
    """

    version: str | None
    broken: bool = False
    found: tuple[Gpu, ...] = ()


def look() -> Gpus:
    """Ask. Blocking, for seconds."""
    if util.find_spec("torch") is None:
        return Gpus(version=None)
    version = metadata.version("torch")
    try:
        asked = subprocess.run(  # noqa: S603 - our own words to our own interpreter
            [sys.executable, "-c", _ASKED], capture_output=True, text=True, timeout=120, check=True
        )
        found = json.loads(asked.stdout)
    except (OSError, subprocess.SubprocessError, json.JSONDecodeError):
        return Gpus(version=version, broken=True)
    return Gpus(version=version, found=tuple(Gpu(name=name, memory=memory) for name, memory in found))
