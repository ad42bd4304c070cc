"""Models that look at pictures and write words, one file a family."""
