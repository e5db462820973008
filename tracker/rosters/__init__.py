"""Files that say who is in a cohort: bytes in, rows and problems out."""
