"""Counts how often a post was read. The count lives in the cache alone: losing it costs nothing."""
import logging

from django.core.cache import cache

log = logging.getLogger(__name__)


def count(post):
    """The number of times the post was read, or None when the cache does not answer."""
    key = f"reads:{post.pk}"
    try:
        cache.add(key, 0, timeout=None)
        return cache.incr(key)
    except Exception as error:  # each cache library has errors of its own, and none may take the page down
        log.warning("reads are not counted: %s", type(error).__name__)
        return None
