"""Registers the room with Django."""

from django.apps import AppConfig


class IngestConfig(AppConfig):
    """The room as Django sees it."""

    name = "ingest"
    verbose_name = "收件"
