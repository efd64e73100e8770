"""A browser without a screen, signed in as a role."""

from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from portal.roles import Role
from tests.portal import factories


@pytest.fixture(autouse=True)
def _fresh() -> None:
    """Every test starts with no knocks counted."""
    cache.clear()


@pytest.fixture
def as_role(db: None) -> Callable[..., Client]:
    def sign_in(*roles: Role, department: str = "") -> Client:
        client = Client()
        client.force_login(factories.user(*roles, department=department))
        return client

    return sign_in
