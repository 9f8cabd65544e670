"""``python -m bots`` is the ``threadbrush`` command."""

from bots.cli import main

if __name__ == "__main__":
    main()
