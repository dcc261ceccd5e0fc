"""How dates and numbers are written: the same in every language, so that two people read one page alike."""
