"""Registers the room with Django."""

from django.apps import AppConfig


class SharingConfig(AppConfig):
    """The room as Django sees it."""

    name = "archive.sharing"
    label = "sharing"
    verbose_name = "共享"
    default_auto_field = "django.db.models.BigAutoField"
