"""What type checkers read: the public names, which are imported when they are first used."""

from evalcli import custom as custom
from evalcli import functional as functional
from evalcli import testing as testing
from evalcli.api.arithmetic import m as m
from evalcli.api.arithmetic import metric as metric
from evalcli.api.compare import Comparison as Comparison
from evalcli.api.compare import compare as compare
from evalcli.api.evaluator import Evaluator as Evaluator
from evalcli.api.merge import merge as merge
from evalcli.api.report import Report as Report
from evalcli.api.score import evaluate as evaluate
from evalcli.api.score import inspect as inspect
from evalcli.api.score import score as score
from evalcli.api.score import threshold as threshold
from evalcli.api.track import History as History
from evalcli.api.track import track as track
from evalcli.errors import EvalcliError as EvalcliError

__version__: str
