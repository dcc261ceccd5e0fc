"""Commands of warehousing for the shell."""
