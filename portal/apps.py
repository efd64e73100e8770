"""Registers the room with Django."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """The room as Django sees it."""

    name = "portal"
    verbose_name = "门户"
