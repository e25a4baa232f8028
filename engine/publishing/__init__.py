"""Models that leave the lab: what goes with them."""
