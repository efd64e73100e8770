"""The room's entry in Django."""

from django.apps import AppConfig


class HoldingsConfig(AppConfig):
    """Registers the tables."""

    name = "archive.holdings"
    label = "holdings"
    default_auto_field = "django.db.models.BigAutoField"
