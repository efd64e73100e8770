"""Registers the room with Django."""

from django.apps import AppConfig


class WorkersConfig(AppConfig):
    """The room as Django sees it."""

    name = "workers"
    verbose_name = "作业"

    def ready(self) -> None:
        """The journal hears of every change from now on."""
        from workers.journal_tables import keep_tables

        keep_tables()
