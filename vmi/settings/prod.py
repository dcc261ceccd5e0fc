"""Production: real servers, a given secret, HTTPS only. Refuses to start without them."""

import os

from django.core.exceptions import ImproperlyConfigured

from vmi.settings.base import *
from vmi.settings.base import env
from vmi.settings.logging import configure_logging

DEBUG = False
for _name in ("SECRET_KEY", "DATABASE_URL", "CELERY_BROKER_URL"):
    if not os.environ.get(_name):
        raise ImproperlyConfigured(f"{_name} is required in production; see the README for the list of variables.")
SECRET_KEY = os.environ["SECRET_KEY"]
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
DEVELOPMENT_GATEWAY = env.bool("DEVELOPMENT_GATEWAY", default=False)

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LOGGING = configure_logging(json=True)
