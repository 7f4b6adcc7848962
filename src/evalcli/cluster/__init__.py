"""Where the parts of a run are worked on: processes of this machine, or a cluster that exists."""
