"""What can go wrong in the catalogue. Every failure has a stable code and says what to do."""


class CatalogueError(Exception):
    """A catalogue file is wrong, or something was asked of the catalogue that it does not hold.

    Attributes:
        code: Stable name of the failure, such as ``unknown-material``.
        file: Name of the data file, empty when the question itself was wrong.
        field: The place in the file, such as ``materials[3].material``.
    """

    def __init__(self, code: str, message: str, *, file: str = "", field: str = "") -> None:
        self.code = code
        self.file = file
        self.field = field
        place = " ".join(part for part in (file, field) if part)
        super().__init__(f"{place}: {message}" if place else message)


class CalendarUnknown(LookupError):  # noqa: N818 - the name says what is the matter: the calendar is not known
    """The State Council's calendar of a year is not in the catalogue, so its working days cannot be told.

    Attributes:
        code: Always ``calendar-unknown``.
        year: The year that is missing.
    """

    code = "calendar-unknown"

    def __init__(self, year: int) -> None:
        self.year = year
        super().__init__(
            f"No holiday calendar for {year}: add {year} to catalogue/data/holidays.yaml from the State Council's "
            "notice (国务院办公厅关于部分节假日安排的通知) of the autumn before."
        )


class LicenceIdentifierError(ValueError):
    """The parts of a licence identifier (证照标识) do not make one.

    Attributes:
        code: Always ``licence-identifier``.
    """

    code = "licence-identifier"
