"""Markdown posts in and out: pure, no Flask and no database.

decode -> parse_post -> file_parts on the way in; export_post and compose_post on the way out.
"""
