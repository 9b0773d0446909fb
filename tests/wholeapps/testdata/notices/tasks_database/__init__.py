"""A fake of Django 6's tasks with django-tasks-db, neither of which Debian 13 has.

It has what an environment meets: the setting TASKS, the command db_worker with its options, and the table.
"""
