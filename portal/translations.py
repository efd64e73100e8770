"""English for the words of the pages. A word that is not here is shown in Chinese."""

ENGLISH: dict[str, str] = {}
