"""Reads across collections, answered as dataclasses."""
