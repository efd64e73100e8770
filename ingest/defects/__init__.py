"""What can be wrong with what was handed in: one file a kind of trouble, one table of words."""
