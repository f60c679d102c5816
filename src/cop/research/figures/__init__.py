"""The latest figures asked of their publishers, beside those there are, written whole or not."""
