"""One module per thing a user can ask for, and the one pass over the rows that they share."""
