"""Write a tiny checkpoint: ``python -m tests.fakes.checkpoints NAME FOLDER``."""

import argparse
import sys
from pathlib import Path

from tests.fakes.checkpoints import NAMES, save


def main() -> None:
    """Write the one that is asked for."""
    parser = argparse.ArgumentParser(description="Write a tiny model with random weights; it draws noise.")
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    if options.folder.exists():
        parser.exit(1, f"{options.folder} exists already\n")
    folder = save(options.name, options.folder)
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
    sys.stdout.write(f"{folder}: {options.name}, {size / 1e6:.1f} MB\n")


if __name__ == "__main__":
    main()
