"""Checks of a member's fields, shared by registering one, many, and updating."""

import re
from typing import Final

from django.utils.translation import gettext_lazy as _

from partners.exceptions import InvalidPartner
from partners.models.partner import PARTNER_NAME_MAX, TELEPHONE_MAX, WECHAT_MAX
from vmi.core.text import clean_text

DESCRIPTION_MAX: Final = 4000
_TELEPHONE: Final = re.compile(r"\+?[0-9]{3,31}")
_SEPARATORS: Final = str.maketrans("", "", " -().")


def clean_name(value: object, *, param: str = "name") -> str:
    """The member's name; required."""
    return clean_text(value, param=param, limit=PARTNER_NAME_MAX, error=InvalidPartner, required=True)


def clean_telephone(value: object, *, param: str = "telephone") -> str:
    """Digits with an optional leading plus, so that ``138-0013 8000`` and ``13800138000`` are one number."""
    text = clean_text(value, param=param, limit=2 * TELEPHONE_MAX, error=InvalidPartner).translate(_SEPARATORS)
    if text and not _TELEPHONE.fullmatch(text):
        raise InvalidPartner(_("Must be a telephone number."), param=param)
    return text


def clean_wechat(value: object, *, param: str = "wechat") -> str:
    """The WeChat id."""
    return clean_text(value, param=param, limit=WECHAT_MAX, error=InvalidPartner)


def clean_description(value: object, *, param: str = "description") -> str:
    """Free text about the member."""
    return clean_text(value, param=param, limit=DESCRIPTION_MAX, error=InvalidPartner, lines=True)
