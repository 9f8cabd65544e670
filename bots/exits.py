"""Exit codes and the error that ends a command with words."""

import click

EXIT_FAILED, EXIT_USAGE, EXIT_REFUSED = 1, 2, 3


class CommandFailed(click.ClickException):
    """Ends a command with words on stderr and an exit code."""

    def __init__(self, message: str, exit_code: int = EXIT_FAILED) -> None:
        super().__init__(message)
        self.exit_code = exit_code
