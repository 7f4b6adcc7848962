"""A result in, text or bytes out. One module per format; none computes, none opens a file."""
