"""From rules, a report and perhaps a baseline to a verdict: pure functions."""
