"""What executes notebooks and renders reports; it knows notebooks by path and no notebook imports it."""
