"""What makes an action plan one that can be followed up, and that no recommendation gets lost."""
