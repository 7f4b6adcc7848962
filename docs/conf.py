"""How Sphinx builds the pages of this folder: `make site`."""

from __future__ import annotations

import re

from sphinx.application import Sphinx

from evalcli import __version__

project = "evalcli"
release = version = __version__
extensions = ["myst_parser"]
templates_path = ["_templates"]

myst_heading_anchors = 3
smartquotes = False  # options begin with two hyphens
highlight_language = "bash"  # of indented blocks

html_theme = "pydata_sphinx_theme"
html_title = "evalcli"
html_copy_source = False
html_use_index = False
html_sidebars = {"**": ["pages.html"]}
html_theme_options = {"navbar_center": [], "navbar_align": "left", "secondary_sidebar_items": ["page-toc"]}


def link_outside(app: Sphinx, page: str, source: list[str]) -> None:
    """Links to files of the repository that are no pages: the site has a copy of these."""
    source[0] = re.sub(r"\]\((?=\.\./)", "](path:", source[0])


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    app.connect("source-read", link_outside)
