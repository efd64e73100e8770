"""Registers the room with Django."""

from django.apps import AppConfig


class DrawingsConfig(AppConfig):
    """The room as Django sees it."""

    name = "ingest.drawings"
    label = "drawings"
    verbose_name = "一套图纸"
