"""The latest figures asked of their publishers, laid beside those there are, written whole or not at all."""
