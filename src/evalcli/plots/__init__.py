"""Pictures of reports and comparisons, drawn by matplotlib; it is imported only where something is drawn."""
