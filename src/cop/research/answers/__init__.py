"""What helps to answer: the rows that a column may name, and sheets to fill in."""
