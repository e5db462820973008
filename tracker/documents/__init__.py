"""One module per MongoDB collection; raw documents stop here."""
