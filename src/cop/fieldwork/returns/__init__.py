"""Returns taken in: read, judged, refused with the reason or kept; nothing that came is lost."""
