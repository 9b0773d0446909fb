class ArchiveRouter:
    """The app archive is in the database of that name, and everything else in default."""

    def db_for_read(self, model, **hints):
        return "archive" if model._meta.app_label == "archive" else "default"

    db_for_write = db_for_read

    def allow_migrate(self, db, app_label, **hints):
        return (db == "archive") == (app_label == "archive")
