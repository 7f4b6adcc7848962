"""Print constraints for pip: the lowest versions that pyproject.toml allows of what evalcli itself needs."""

import re
import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text())["project"]
extras = project["optional-dependencies"]
for requirement in [*project["dependencies"], *extras["remote"], *extras["safetensors"], *extras["excel"]]:
    name, version = re.match(r"([\w-]+)(?:\[\w+\])?>=([\d.]+)", requirement).groups()
    print(f"{name}=={version}")  # noqa: T201
