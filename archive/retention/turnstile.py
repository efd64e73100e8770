"""One row that is locked by whoever sets a hold, names an object, or destroys one: none of them overlaps another."""

from archive.retention.models import Turnstile

ONLY = 1  # there is one


def pass_turnstile() -> None:
    """Wait for the others, one object's deletion at most, and keep them out until this transaction ends."""
    Turnstile.objects.get_or_create(pk=ONLY)
    Turnstile.objects.select_for_update().get(pk=ONLY)
