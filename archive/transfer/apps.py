"""Registers the room with Django."""

from django.apps import AppConfig


class TransferConfig(AppConfig):
    """The room as Django sees it."""

    name = "archive.transfer"
    verbose_name = "移交与接收"
