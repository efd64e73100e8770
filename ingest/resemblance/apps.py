"""Registers the room with Django."""

from django.apps import AppConfig


class ResemblanceConfig(AppConfig):
    """The room as Django sees it."""

    name = "ingest.resemblance"
    label = "resemblance"
    verbose_name = "重复识别"
