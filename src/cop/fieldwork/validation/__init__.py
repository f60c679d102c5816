"""The validation round: comments and tracked changes of a Word document, taken in without names."""
