"""People and roles: the custom user, present in the platform's schema and in every namespace.

Owns ``User``, the role definitions and ``sync_roles()``. May import ``vmi.core`` only.
"""
