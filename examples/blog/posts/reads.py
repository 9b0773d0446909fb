"""Counts how often a post was read. Only the cache stores the count, because losing it does no harm."""
import logging

from django.core.cache import cache

log = logging.getLogger(__name__)


def count(post):
    """Adds one to the reads of the post and returns their number, or None if the cache does not answer."""
    key = f"reads:{post.pk}"
    try:
        cache.add(key, 0, timeout=None)
        # Memcached returns False if it does not answer (ignore_exc in the settings).
        return cache.incr(key) or None
    except Exception as error:  # each cache library has its own errors, and none may break the page
        log.warning("reads are not counted: %s", type(error).__name__)
        return None
