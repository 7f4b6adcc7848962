"""Each option declared once, as a field of a group: its name, type, default, help, panel and completion.

Commands take groups whole. Help, the keys of a file of options, completion and docs come from these fields.
"""
