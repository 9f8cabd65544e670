"""How Slack refuses."""


class ApiError(Exception):
    """``{"ok": false, "error": code}`` with whatever else Slack tells."""

    def __init__(self, code: str, **more: object) -> None:
        super().__init__(code)
        self.code = code
        self.more = more
