"""Writes: one module for each thing that people do."""
