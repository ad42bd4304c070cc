"""A small gallery drawn by our own code, so that imsearch can be seen at work before it is pointed at anything."""
