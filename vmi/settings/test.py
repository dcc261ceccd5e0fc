"""Tests: own data directory, no broker, tasks run at once, cheap passwords."""

import os

os.environ.setdefault("VMI_DEFAULT_HOME", ".run-test")

import logging

from vmi.settings.base import *
from vmi.settings.base import CACHES, DATABASES
from vmi.settings.logging import configure_logging

DEBUG = False
SECRET_KEY = "tests-only-" + "0123456789abcdef" * 3
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT = ""  # nothing is collected
EMBEDDED_BROKER = False
EMBEDDED_FAST = True  # nothing in a test database must survive a power cut
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS = {}
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
CACHES["default"] |= {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "tests"}
DATABASES["default"]["OPTIONS"].pop("pool", None)
# Nobody waits for a test: on a slow machine a lock or a pause may take longer than people would bear.
DATABASES["default"]["OPTIONS"]["options"] = "-c lock_timeout=5min -c idle_in_transaction_session_timeout=15min"
DATABASES["default"]["TEST"] = {"NAME": "test_vmi"}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
NAMESPACE_CACHE_S = 0.0  # a test that suspends a namespace sees it at once
NUMBER_RULES_CACHE_S = float("inf")  # a counted statement does not hang on how slow the test is; see tests/conftest.py
API_LOGIN_CACHE_S = 0  # a test that changes a role or ends a login sees it at once
DEVELOPMENT_GATEWAY = True
REFUSED_WRITER = False  # a test writes what it refused itself, on its own connection
LOGGING = configure_logging(json=False, level=logging.WARNING)
