import environ

env = environ.Env()
SECRET_KEY = env("DJANGO_SECRET_KEY")
ALLOWED_HOSTS = env.list("DJANGO_ALLOWED_HOSTS")
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "tasks_database"]
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"]
ROOT_URLCONF = "notices.urls"
WSGI_APPLICATION = "notices.wsgi.application"
DATABASES = {"default": env.db("DATABASE_URL")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
TASKS = {"default": {"BACKEND": "tasks_database.backend.DatabaseBackend", "QUEUES": ["default", "mail", "never"]}}
