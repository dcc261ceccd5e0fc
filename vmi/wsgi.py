"""WSGI entry point of the web processes (granian)."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vmi.settings.dev")
os.environ.setdefault("VMI_PROCESS", "web")

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
