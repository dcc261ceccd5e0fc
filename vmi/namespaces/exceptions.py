"""What opening and changing namespaces may refuse."""

from django.utils.translation import gettext_lazy as _

from vmi.core.exceptions import Conflict, InvalidRequest, NotFound


class InvalidNamespaceName(InvalidRequest):
    """The name does not fit: small letters, digits and underscores, starting with a letter, not reserved."""

    code = "namespace_name_invalid"
    default_message = _(
        "A namespace name has 2 to 48 small letters, digits or underscores, starts with a letter and is not reserved."
    )


class InvalidNamespaceOption(InvalidRequest):
    """A currency, time zone, language or domain that does not exist or has a wrong form."""

    code = "namespace_option_invalid"
    default_message = _("The option has no valid value.")


class NamespaceNameTaken(Conflict):
    """The name, its schema or its domain is in use or was in use before; names are never used twice."""

    code = "namespace_name_taken"
    default_message = _("This namespace name or domain is already taken.")


class UnknownNamespace(NotFound):
    """There is no namespace of this name."""

    code = "unknown_namespace"
    default_message = _("There is no namespace %(name)s.")


class NamespaceStateConflict(Conflict):
    """The namespace is not in the state the step needs."""

    type = "state"
    code = "namespace_state"
    default_message = _("The namespace is not in a state that allows this.")


class AdministratorKnown(Conflict):
    """Somebody of this name can sign in already; their password is their own."""

    code = "administrator_known"
    default_message = _("There is a user %(name)s already; choose another name.")


class TemplateMissing(Conflict):
    """There is no template schema on the current version yet; the migrations have to run first."""

    code = "template_missing"
    default_message = _("The template is not ready; run the migrations first.")
