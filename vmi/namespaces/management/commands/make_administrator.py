"""``manage.py make_administrator shop``: somebody who can sign in to a namespace's back office."""

from typing import Any

from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from vmi.core.actors import system_actor
from vmi.core.exceptions import DomainError
from vmi.namespaces.administrators import DEFAULT_NAME, make_administrator, primary_host


class Command(BaseCommand):
    help = "Make an administrator of a namespace; the password is shown once."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("schema_name")
        parser.add_argument("--username", default=DEFAULT_NAME)

    def handle(self, *args: Any, **options: Any) -> None:
        schema_name, username = options["schema_name"], options["username"]
        try:
            UnicodeUsernameValidator()(username)
            login = make_administrator(schema_name=schema_name, username=username, actor=system_actor("command line"))
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except DomainError as error:
            raise CommandError(f"{schema_name}: {error}") from error
        self.stdout.write(
            f"{login.username} / {login.password}   (shown only now; signs in at {primary_host(schema_name)})"
        )
