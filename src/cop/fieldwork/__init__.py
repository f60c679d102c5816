"""People asked: forms, contacts, returns, publishing, and the store behind the privacy wall."""
