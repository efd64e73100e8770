"""How often an address may knock at the two doors that are open to anybody."""

import time

from django.core.cache import cache
from django.http import HttpRequest

# A person mistypes a few times; a program guesses hundreds.
LOGINS_A_MINUTE = 10
# A counter that checks certificates all day scans one every two seconds at the most; a token has 128 bits, so this
# only keeps a program from filling the log.
CHECKS_A_MINUTE = 30
WINDOW_SECONDS = 60


def allowed(door: str, request: HttpRequest, limit: int) -> bool:
    """Count this knock; False when the address has had its share of the minute. Counted in each process for itself."""
    window = int(time.time()) // WINDOW_SECONDS
    key = f"rate:{door}:{request.META.get('REMOTE_ADDR', '')}:{window}"
    cache.add(key, 0, timeout=2 * WINDOW_SECONDS)
    return cache.incr(key) <= limit
