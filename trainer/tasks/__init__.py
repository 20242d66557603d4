"""What can be learnt: a loss to train with, and a prediction to evaluate and serve."""
