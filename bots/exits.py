"""Exit codes and the error that ends a command with words."""

from typer import TyperException

EXIT_FAILED, EXIT_USAGE, EXIT_REFUSED = 1, 2, 3


class CommandFailed(TyperException):
    """Ends a command with words on stderr and an exit code."""

    exit_code = EXIT_FAILED


class UsageFailed(CommandFailed):
    """The command was called in a way that cannot be answered."""

    exit_code = EXIT_USAGE
