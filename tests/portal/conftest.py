"""A browser without a screen, signed in as a role."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from portal.roles import Role
from tests.portal import factories


@pytest.fixture(autouse=True)
def _quick_and_fresh(settings: Any) -> None:
    """Every test starts with no knocks counted, and does not spend its time on hashing passwords slowly."""
    cache.clear()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def as_role(db: None) -> Callable[..., Client]:
    def sign_in(*roles: Role, department: str = "") -> Client:
        client = Client()
        client.force_login(factories.user(*roles, department=department))
        return client

    return sign_in
