"""Form fields for lists and maps of short texts: one per line instead of JSON."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget


class LinesField(forms.CharField):
    """A list of texts, one per line."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs |= {"required": False, "widget": UnfoldAdminTextareaWidget(attrs={"rows": 3})}
        super().__init__(**kwargs)
        self.help_text = self.help_text or _("One per line.")

    def prepare_value(self, value: Any) -> Any:
        """Show a stored list as lines."""
        return "\n".join(str(item) for item in value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """Read the lines; empty ones are left out."""
        return [line.strip() for line in str(value or "").splitlines() if line.strip()]

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare lists, not texts."""
        return self.to_python(data) != list(initial or [])


class PairsField(LinesField):
    """Names and texts, one ``name: text`` per line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.help_text = _("One per line, such as “colour: red”.")

    def prepare_value(self, value: Any) -> Any:
        """Show a stored map as lines."""
        return "\n".join(f"{key}: {item}" for key, item in value.items()) if isinstance(value, dict) else value

    def to_python(self, value: Any) -> Any:
        """Read the lines; a line without a colon is refused."""
        pairs = [line.partition(":") for line in super().to_python(value)]
        if any(not colon or not key.strip() or not text.strip() for key, colon, text in pairs):
            raise ValidationError(_("Each line is a name, a colon and a text."), code="invalid")
        return {key.strip(): text.strip() for key, _colon, text in pairs}

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Compare maps, not texts; what cannot be read has changed."""
        try:
            return bool(self.to_python(data) != dict(initial or {}))
        except ValidationError:
            return True


class TextListsMixin:
    """Gives ``image``, ``tags`` and ``spec`` their fields; mixed in before an admin or an inline."""

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Lines instead of JSON."""
        if db_field.name in ("image", "tags"):
            return LinesField(label=db_field.verbose_name)
        if db_field.name == "spec":
            return PairsField(label=db_field.verbose_name)
        return super().formfield_for_dbfield(db_field, request, **kwargs)  # type: ignore[misc]
