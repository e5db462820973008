"""What every blueprint shares: access, database, languages, errors, headers, assets."""
