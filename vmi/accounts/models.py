"""The custom user of the product."""

from typing import Any

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """A person or the machine itself (``system``, id 1), belonging to one schema.

    A namespace's users and the platform's users are different tables with overlapping ids, which is
    why tokens and sessions are bound to the namespace. ``token_version`` is part of every token;
    raising it makes all tokens issued before worthless.
    """

    display_name = models.CharField(_("display name"), max_length=64, blank=True)
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    token_version = models.IntegerField(_("token version"), default=0, editable=False)

    class Meta(AbstractUser.Meta):
        verbose_name = _("user")  # type: ignore[assignment]
        verbose_name_plural = _("users")  # type: ignore[assignment]
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(token_version__gte=0), name="accounts_user_token_version_not_negative"
            )
        ]

    def get_full_name(self) -> str:
        """The name shown to others: the display name, else the two names, else the login."""
        return self.display_name or super().get_full_name() or self.username

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Store the user; a new password makes the tokens issued before worthless (reliability §3).

        A mere re-hash at login clears the raw password first and therefore revokes nothing.
        """
        if getattr(self, "_password", None) is not None and not self._state.adding:
            self.token_version += 1
            if kwargs.get("update_fields") is not None:
                kwargs["update_fields"] = {*kwargs["update_fields"], "token_version"}
        super().save(*args, **kwargs)

    def revoke_tokens(self) -> None:
        """Make every token issued so far worthless, whoever else is saving the row."""
        type(self).objects.filter(pk=self.pk).update(token_version=F("token_version") + 1)
        self.refresh_from_db(fields=["token_version"])
