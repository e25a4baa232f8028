"""Commands that print the figures this machine and a bundle reach. Each prints how it measured; none writes files."""
