"""A value and the states behind it in, a confidence interval or a reason out; one module per method."""
