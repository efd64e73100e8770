"""Registers the room with Django, and has changes of held materials told to those who follow them."""

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_save
from django.utils import timezone


class SharingConfig(AppConfig):
    """The room as Django sees it."""

    name = "archive.sharing"
    label = "sharing"
    verbose_name = "共享"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Whoever changes the standing of a held material (`archive.holdings`), the notice is in that transaction."""
        post_save.connect(_changed, sender="archive.HeldMaterial", dispatch_uid="sharing tells of changes", weak=False)


def _changed(instance: Any, update_fields: frozenset[str] | None, **_: object) -> None:
    if update_fields and "standing" in update_fields:  # a row that is entered, or rebuilt, is no change
        from archive.sharing.subscriptions import tell_change

        tell_change(instance, timezone.now())
