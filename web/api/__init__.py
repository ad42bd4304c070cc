"""The HTTP API: one file a resource. Ids go in, never paths."""
