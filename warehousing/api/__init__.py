"""The API of warehousing (C-61)."""
