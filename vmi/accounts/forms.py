"""The sign-in form of both back offices."""

from typing import Any

from django.core.exceptions import ValidationError
from unfold.forms import AuthenticationForm

from vmi.accounts.login_guard import TooManyAttempts, check_attempts, count_failure, forget_failures


class SignInForm(AuthenticationForm):
    """Name and password behind the same brake on guessing as the API's sign-in."""

    def clean(self) -> dict[str, Any]:
        """Refuse while the brake is on; count a wrong password, forget the count after a right one."""
        username = str(self.cleaned_data.get("username", ""))
        address = self.request.META.get("REMOTE_ADDR", "") if self.request is not None else ""
        try:
            check_attempts(username, address)
        except TooManyAttempts as error:
            raise ValidationError(str(error), code=error.code) from error
        try:
            values: dict[str, Any] = super().clean()
        except ValidationError:
            count_failure(username, address)
            raise
        forget_failures(username, address)
        return values
