"""Registers the room with Django."""

from django.apps import AppConfig


class SigningConfig(AppConfig):
    """The room as Django sees it."""

    name = "signing"
    verbose_name = "印章"
