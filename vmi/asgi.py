"""ASGI entry point, for servers that only speak ASGI; the code itself is synchronous."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vmi.settings.dev")
os.environ.setdefault("VMI_PROCESS", "web")

from django.core.asgi import get_asgi_application

application = get_asgi_application()
