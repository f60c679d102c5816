"""What another language than English needs: its catalogue's upkeep, its numbers, days and lists."""
