"""Why the demo data cannot be loaded."""

from django.utils.translation import gettext_lazy as _

from vmi.core.exceptions import Conflict


class NamespaceInUse(Conflict):
    """The namespace holds orders that are not the demo's."""

    code = "namespace_in_use"
    default_message = _("This namespace is in use; demo data are loaded into an empty one only.")


class ProofFailed(Conflict):
    """The ledgers of the loaded data do not agree; ``details`` counts the differences of each proof."""

    code = "proof_failed"
    default_message = _("The proofs found differences.")
