"""Embedders: what turns pictures and phrases into points of one space."""
