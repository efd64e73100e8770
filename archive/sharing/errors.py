"""What can be refused in sharing."""


class SharingError(Exception):
    """Something is not done; `code` is stable, the message says why and what to do instead."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
