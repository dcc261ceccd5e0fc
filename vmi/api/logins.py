"""Who a token speaks for: user, roles, permissions and whether the login still stands, in one query.

The answer is kept in the namespace's cache for a few seconds; raising the user's token version,
locking the account or ending the login takes effect at the latest then.
"""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.cache import cache

from vmi.accounts.models import User
from vmi.core.db import fetch_all

_LOAD = """
SELECT u.id, u.username, u.first_name, u.last_name, u.email, u.display_name, u.phone,
       u.is_active, u.is_staff, u.is_superuser, u.token_version,
       EXISTS (SELECT FROM api_tokenfamily f
                WHERE f.id = %(family)s AND f.user_id = u.id AND f.revoke_time IS NULL) AS stands,
       ARRAY(SELECT g.name FROM auth_group g JOIN accounts_user_groups m ON m.group_id = g.id
              WHERE m.user_id = u.id) AS roles,
       ARRAY(SELECT c.app_label || '.' || p.codename
               FROM auth_permission p JOIN django_content_type c ON c.id = p.content_type_id
              WHERE p.id IN (SELECT permission_id FROM accounts_user_user_permissions WHERE user_id = u.id
                             UNION ALL
                             SELECT gp.permission_id FROM auth_group_permissions gp
                               JOIN accounts_user_groups m ON m.group_id = gp.group_id
                              WHERE m.user_id = u.id)) AS permissions
  FROM accounts_user u
 WHERE u.id = %(user)s
"""

_NOT_COLUMNS = ("stands", "roles", "permissions")


def load_login(user_id: int, token_version: int, family_id: int) -> User | None:
    """The user behind a token with roles and permissions ready; None when the login does not stand any more."""
    key = _cache_key(user_id, token_version, family_id)
    row: Mapping[str, Any] | None = cache.get(key) if _keep_s() else None
    if row is None:
        found = fetch_all(_LOAD, {"user": user_id, "family": family_id})
        if not found or not _stands(found[0], token_version):
            return None
        row = found[0]
        if _keep_s():
            cache.set(key, row, _keep_s())
    return _user(row)


def forget_login(user_id: int, token_version: int, family_id: int) -> None:
    """Let the end of a login take effect at once."""
    cache.delete(_cache_key(user_id, token_version, family_id))


def _stands(row: Mapping[str, Any], token_version: int) -> bool:
    return bool(row["is_active"] and row["stands"] and row["token_version"] == token_version)


def _user(row: Mapping[str, Any]) -> User:
    columns = {name: value for name, value in row.items() if name not in _NOT_COLUMNS}
    user = User(**columns)
    user._state.adding = False
    user._state.db = "default"
    user.role_names = frozenset(row["roles"])  # type: ignore[attr-defined]
    # What Django's own backend caches on a user after its queries.
    user._perm_cache = set(row["permissions"])  # type: ignore[attr-defined]
    return user


def _keep_s() -> int:
    return int(getattr(settings, "API_LOGIN_CACHE_S", 15))


def _cache_key(user_id: int, token_version: int, family_id: int) -> str:
    return f"api:login:{user_id}:{token_version}:{family_id}"
