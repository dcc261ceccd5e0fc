"""Codes and document numbers (S000-6, C-50): configurable per kind, unique per namespace, gaps allowed.

Owns ``NumberRule`` and ``NumberCounter`` and the one function ``services.next_number``. May import
``vmi.core`` only.
"""
