"""`{% t "中文" %}` for words, filters for dates, sizes and digests."""

from typing import Any

from django import template

from portal import wording
from portal.event_names import EVENT_NAMES
from portal.roles import ROLE_NAMES, roles_of

register = template.Library()

# As much of a digest as can be compared by eye.
DIGEST_SHOWN = 16

register.filter("day", wording.day)
register.filter("moment", wording.moment)
register.filter("size", wording.size)
register.filter("reason", wording.reason)
register.filter("page_range", wording.page_range)


@register.simple_tag(takes_context=True)
def t(context: template.Context, text: object) -> str:
    """The text in the visitor's language."""
    return wording.translate(str(text), wording.language_of(context.get("request")))


@register.simple_tag(takes_context=True)
def language(context: template.Context) -> str:
    """The visitor's language: zh or en."""
    return wording.language_of(context.get("request"))


@register.simple_tag(takes_context=True)
def my_roles(context: template.Context) -> dict[str, str]:
    """The roles of who is signed in: code → Chinese name."""
    request = context.get("request")
    found = roles_of(request.user) if request is not None and hasattr(request, "user") else frozenset()
    return {role.value: name for role, name in ROLE_NAMES.items() if role in found}


@register.filter
def digest(value: str) -> str:
    """The beginning of a digest."""
    return f"{value[:DIGEST_SHOWN]}…" if len(value) > DIGEST_SHOWN else value


@register.filter
def event_name(kind: str) -> str:
    """What an event is called on the screen."""
    return EVENT_NAMES.get(kind, kind)


@register.filter
def percent(value: float | None) -> str:
    """0.93 as 93%."""
    return "" if value is None else f"{value:.0%}"


@register.filter
def at(mapping: dict[str, Any], key: str) -> Any:
    """One entry of a mapping, empty when it is not there."""
    return mapping.get(key, "")
