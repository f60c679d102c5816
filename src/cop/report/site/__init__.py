"""The site: pages of their own that lead to the reports, and draw on what these rest on."""
