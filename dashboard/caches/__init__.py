"""Values that are costly to read or compute, cached for all sessions."""
