"""What type checkers read: the public names, which are imported when they are first used."""

from evalcli import functional as functional
from evalcli.api.evaluator import Evaluator as Evaluator
from evalcli.api.report import Report as Report
from evalcli.api.score import evaluate as evaluate
from evalcli.api.score import inspect as inspect
from evalcli.api.score import score as score
from evalcli.api.score import threshold as threshold
from evalcli.errors import EvalcliError as EvalcliError

__version__: str
