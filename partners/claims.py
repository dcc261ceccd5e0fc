"""What the app adds to every token: the member behind the user."""

from typing import Any

from partners.selectors import partner_id_of_user


def partner_claims(user: Any) -> dict[str, int]:
    """``pid`` for an enabled member, nothing for staff and disabled members."""
    partner_id = partner_id_of_user(user.pk)
    return {} if partner_id is None else {"pid": partner_id}
