"""Parts of `bench.serve`: the server's process, clients that cost little, and uploads that are none."""
