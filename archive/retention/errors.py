"""What retention refuses."""


class RetentionError(Exception):
    """It may not be done. `code` is stable; the message tells the person who asked why, and what to do."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the code beside the words."""
        super().__init__(message)
        self.code = code
