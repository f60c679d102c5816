"""People asked: forms out, contacts, returns in, publishing, and the restricted store behind the privacy wall."""
