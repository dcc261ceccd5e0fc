"""``make bench``: this code against raw psycopg doing the same durable work, alternating in one run.

Figures are ratios of medians with their spread; absolute numbers are context only. No figure counts without its
correctness gate: nothing above the limit, held = sum of live reservations = sum of the ledger.
"""
