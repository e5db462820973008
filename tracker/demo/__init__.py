"""The made-up cohort: what it teaches, who is in it, what they write. No database."""
