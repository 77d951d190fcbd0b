"""Readers of the fields of a film, in the notations of catalogues."""
