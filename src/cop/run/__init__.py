"""What executes notebooks and renders reports; no notebook imports it."""
