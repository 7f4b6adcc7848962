"""Confidence intervals from values and states, or the reason why there is none; one module per method."""
