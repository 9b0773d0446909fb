"""Creates the first superuser. Runs in manage.py shell.

It never changes an existing one: a person may have changed the password. The names of the fields are the model's own
(https://docs.djangoproject.com/en/stable/topics/auth/customizing/#specifying-a-custom-user-model), and their values come
from the variables that manage.py createsuperuser reads.
"""

import inspect
import os
import sys

from django.contrib.auth import get_user_model
from django.core.exceptions import FieldDoesNotExist, ValidationError

PREFIX = "DJANGO_SUPERUSER_"
user_model = get_user_model()
manager = user_model._default_manager
login_field = user_model.USERNAME_FIELD
username = os.environ.get(PREFIX + "USERNAME")
email = os.environ[PREFIX + "EMAIL"]
email_field = getattr(user_model, "EMAIL_FIELD", "email")
further = os.environ.get("DJANGOSTACK_SUPERUSER_FIELDS", "").split()


def refuse(why):
    sys.exit(f"The user model {user_model._meta.label} {why}.")


def login():
    """The value of the USERNAME_FIELD."""
    if username:
        return username
    if login_field == email_field:
        return email
    refuse(f"signs in with {login_field}, which is no e-mail address: set release.superuser.username")


def clean(name, raw):
    try:
        return user_model._meta.get_field(name).clean(raw, None)
    except FieldDoesNotExist:
        refuse(f"has no field {name}, which release.superuser.fields sets")
    except ValidationError as error:
        refuse(f"does not take the value of release.superuser.fields.{name}: {' '.join(error.messages)}")


def takes(name):
    """Whether the manager's create_superuser has an argument of this name."""
    parameters = inspect.signature(manager.create_superuser).parameters.values()
    return any(parameter.name == name or parameter.kind == parameter.VAR_KEYWORD for parameter in parameters)


def fields():
    values = {login_field: login()}
    for name in user_model.REQUIRED_FIELDS:
        if name in values:
            continue
        if name == email_field:
            values[name] = email
        elif PREFIX + name.upper() in os.environ:
            values[name] = clean(name, os.environ[PREFIX + name.upper()])
        else:
            refuse(f"requires {name}: set release.superuser.fields.{name}")
    for name in further:
        if name not in values:
            values[name] = clean(name, os.environ[PREFIX + name.upper()])
    names = [field.name for field in user_model._meta.get_fields()]
    if email_field in names and email_field not in values and takes(email_field):
        values[email_field] = email
    return values


def spellings(value):
    """The value as it was given, and as the model and its manager may have stored it."""
    found = {value, user_model.normalize_username(value)}
    if login_field == email_field and hasattr(manager, "normalize_email"):
        found |= {manager.normalize_email(value), value.lower()}
    return found


values = fields()
if user_model._base_manager.filter(**{login_field + "__in": spellings(values[login_field])}).exists():
    print("The superuser exists.")
else:
    manager.create_superuser(password=os.environ[PREFIX + "PASSWORD"], **values)
    print("Created the superuser.")
