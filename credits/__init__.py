"""Credits (积分) of members: an append-only ledger, one report per member, policies that grant, rewards that spend."""
