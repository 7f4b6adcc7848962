"""Rules, a report and perhaps a baseline in, a verdict out: pure functions."""
