"""Decoding of a network's output: greedy and beam search for CTC and attention, and the n-gram model."""
