"""Kernel without tables: errors, actors, clock, money, fields, SQL helpers. Imports no other package of the project."""
