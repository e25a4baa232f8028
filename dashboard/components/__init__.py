"""Cards that pages share. Each takes data and a key and returns a value or nothing; none opens a file."""
