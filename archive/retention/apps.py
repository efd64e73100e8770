"""The room's entry in Django."""

from django.apps import AppConfig


class RetentionConfig(AppConfig):
    """Registers the tables."""

    name = "archive.retention"
    label = "retention"
    default_auto_field = "django.db.models.BigAutoField"
