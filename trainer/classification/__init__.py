"""One label for a text, or several: training, as the loop takes it."""
