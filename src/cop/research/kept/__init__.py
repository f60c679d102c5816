"""Copies of the pages of sources, and whether those of today still say so."""
