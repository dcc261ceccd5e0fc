"""``manage.py ensure_operator``: somebody who can sign in to the platform's back office."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from vmi.accounts.people import ensure_user, first_password
from vmi.core.tenancy import PUBLIC_SCHEMA, run_in_namespace

USERNAME = "platform"


class Command(BaseCommand):
    """Makes the first platform operator; changes nothing when the name exists."""

    help = "Make the first platform operator; the password is shown once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--username", default=USERNAME)

    def handle(self, *args: Any, **options: Any) -> None:
        username = options["username"]
        password = first_password(username)
        with run_in_namespace(PUBLIC_SCHEMA):
            _user, made = ensure_user(
                username=username, password=password, role="platform_operator", display_name="平台管理员"
            )
        if options["verbosity"]:
            self.stdout.write(f"{username} / {password}" if made else f"{username} exists already")
