"""Registers the room with Django."""

from django.apps import AppConfig


class WorkersConfig(AppConfig):
    """The room as Django sees it."""

    name = "workers"
    verbose_name = "作业"
