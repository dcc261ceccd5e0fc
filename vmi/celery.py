"""The Celery application; its settings live in ``vmi.settings.celery``."""

import os

from tenant_schemas_celery.app import CeleryApp

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vmi.settings.dev")

app = CeleryApp("vmi")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
