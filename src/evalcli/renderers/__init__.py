"""Results as text or bytes: one module per format. None computes or opens a file."""
