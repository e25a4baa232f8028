"""From a network's numbers to text: greedy and beam decoding for CTC and attention, and the n-gram model."""
