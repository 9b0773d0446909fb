"""Writes one JSON object per line, so that any log agent can parse it."""
import datetime
import json
import logging

GUNICORN_ATOMS = {"method": "m", "path": "U", "status": "s", "seconds": "L", "bytes": "B", "agent": "a"}


class JSONFormatter(logging.Formatter):
    def __init__(self, version, pod):
        super().__init__()
        self.serving = {"version": version, "pod": pod}

    def format(self, record):
        line = {
            "time": datetime.datetime.fromtimestamp(record.created, datetime.timezone.utc).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **self.serving,
        }
        if record.name == "gunicorn.access" and isinstance(record.args, dict):
            line |= {field: str(record.args.get(atom, "")) for field, atom in GUNICORN_ATOMS.items()}
        if hasattr(record, "status_code"):
            line["status"] = str(record.status_code)
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)


class WithoutHealthChecks(logging.Filter):
    """Removes successful health checks from the access log, because probes send one every few seconds."""

    def filter(self, record):
        atoms = record.args if isinstance(record.args, dict) else {}
        return not (atoms.get("U", "").startswith("/healthz/") and atoms.get("s") == "200")
