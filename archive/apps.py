"""Registers the room with Django."""

from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    """The room as Django sees it."""

    name = "archive"
    verbose_name = "档案"
