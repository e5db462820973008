"""The file that a backup is, and where such files are kept; bytes alone, without a database."""
