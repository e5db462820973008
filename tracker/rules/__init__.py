"""Pure decisions: no database, no clock, no words for people."""
