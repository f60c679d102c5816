"""Whom a form went to, who is due, and the drafts of invitations."""
