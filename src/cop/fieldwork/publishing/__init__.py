"""From the restricted store to what may be published: reviewed, counted, suppressed."""
