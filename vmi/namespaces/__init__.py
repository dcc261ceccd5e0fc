"""Namespaces (S000-1, C-11): one schema per customer, told apart by the host, opened from a template.

Owns ``Namespace``, ``Domain``, the request middleware, the fail-closed task base, dead letters and
the heartbeat of periodic jobs; all in the platform's schema. May import ``vmi.core`` and ``vmi.accounts``.
"""
