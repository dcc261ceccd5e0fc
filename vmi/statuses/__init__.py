"""The platform's status table (C-12): what every state value is called, seeded by migrations and changed by nobody.

Owns the shared table ``Status``, the column type that refers to it and ``transition()``, the only way
a state changes. May import ``vmi.core`` only.
"""
