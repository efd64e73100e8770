"""Registers the inner room with Django."""

from django.apps import AppConfig


class RebuildingConfig(AppConfig):
    """The room as Django sees it."""

    name = "archive.rebuilding"
    label = "rebuilding"
    verbose_name = "重建与双址"
