"""What a result says and looks like: pages, charts, citations, the site."""
