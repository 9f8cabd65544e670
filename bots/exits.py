"""Exit codes and the error that ends a command with words."""

from typer import TyperException

EXIT_FAILED, EXIT_USAGE, EXIT_REFUSED, EXIT_LOST = 1, 2, 3, 4


class CommandFailed(TyperException):
    """Ends a command with words on stderr and an exit code."""

    exit_code = EXIT_FAILED


class UsageFailed(CommandFailed):
    """The command was called in a way that cannot be answered."""

    exit_code = EXIT_USAGE


class EngineGone(CommandFailed):
    """The engine's device does not answer any more; whoever watches the process starts it again."""

    exit_code = EXIT_LOST

    def __init__(self) -> None:
        super().__init__("the GPU does not answer any more; unfinished jobs go on when the process is started again")
