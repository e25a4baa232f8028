"""Read: dropping images, correcting readings, and reading folders in a batch."""
