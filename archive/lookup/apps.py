"""Registers the room with Django."""

from django.apps import AppConfig


class LookupConfig(AppConfig):
    """The room as Django sees it."""

    name = "archive.lookup"
    label = "lookup"
    verbose_name = "利用"
