"""How often an address may knock at the doors that are open to anybody, and how often one thing may be guessed at."""

import hashlib
import time

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

# A person mistypes a few times; a program guesses hundreds.
LOGINS_A_MINUTE = 10
# A counter that checks certificates all day scans one every two seconds at the most; a token has 128 bits, so this
# only keeps a program from filling the log.
CHECKS_A_MINUTE = 30
# A file that is not known by its digest costs a child process of two seconds.
FILES_A_MINUTE = 8
# Pictures of the register come with their page, at most three each.
FACES_A_MINUTE = 100
# Wrong second facts for one identifier or number, from everywhere together: 31^6 codes are not tried through so.
GUESSES_AN_HOUR = 10
WINDOW_SECONDS = 60
HOUR_SECONDS = 3600


def allowed(door: str, request: HttpRequest, limit: int) -> bool:
    """Count this knock; False when the address has had its share of the minute. Counted in each process for itself."""
    return _count(f"{door}:{client_of(request)}", WINDOW_SECONDS) <= limit


def client_of(request: HttpRequest) -> str:
    """The address of who asks, as the outermost of our own proxies saw it; what a client writes is not believed."""
    seen = [one.strip() for one in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if one.strip()]
    hops = settings.PROXIES
    return seen[-hops] if 0 < hops <= len(seen) else str(request.META.get("REMOTE_ADDR", ""))


def may_be_guessed(thing: str) -> bool:
    """Whether there is still a wrong guess left for this thing in the hour."""
    return int(cache.get(_key(_thing(thing), HOUR_SECONDS), 0)) < GUESSES_AN_HOUR


def count_guess(thing: str) -> None:
    """Note a wrong guess at this thing, whether there is such a thing or not."""
    _count(_thing(thing), HOUR_SECONDS)


def _thing(text: str) -> str:
    return f"guess:{hashlib.sha256(text.encode()).hexdigest()}"


def _count(what: str, seconds: int) -> int:
    key = _key(what, seconds)
    cache.add(key, 0, timeout=2 * seconds)
    return int(cache.incr(key))


def _key(what: str, seconds: int) -> str:
    return f"rate:{what}:{int(time.time()) // seconds}"
