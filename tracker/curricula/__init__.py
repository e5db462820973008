"""Curriculum files: read, check and compare them; pure, no database."""
