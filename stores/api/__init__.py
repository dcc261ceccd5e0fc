"""HTTP interface of the stores app."""
