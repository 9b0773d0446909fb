"""Writes a line with its traceback, and then a line of JSON right before another traceback."""
import sys, time, traceback


def fail(what):
    try:
        raise ValueError(what)
    except ValueError:
        traceback.print_exc()


print("a line before", file=sys.stderr)
fail("first")
time.sleep(5)
print('{"levelname": "CRITICAL", "order": {"id": 7}}', file=sys.stderr)
fail("second")
print("a line after", file=sys.stderr, flush=True)
time.sleep(1e6)
