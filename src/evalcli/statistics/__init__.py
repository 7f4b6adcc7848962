"""Statistics: ``of(block) -> state`` and ``state + state``; nothing else."""

from evalcli.statistics.base import AnyStatistic, State, Statistic
from evalcli.statistics.calibration import Calibration, CalibrationBins
from evalcli.statistics.confusion import Confusion, ConfusionCounts, OneVsRest
from evalcli.statistics.curves import Mapper, RankSums
from evalcli.statistics.losses import Brier, LogLoss, LossMoments
from evalcli.statistics.moments import Moments
from evalcli.statistics.ranking import ClassScores, Ranking, ScoreRuns
from evalcli.statistics.truth_rank import RankCounts, TruthRank

__all__ = [
    "AnyStatistic",
    "Brier",
    "Calibration",
    "CalibrationBins",
    "ClassScores",
    "Confusion",
    "ConfusionCounts",
    "LogLoss",
    "LossMoments",
    "Mapper",
    "Moments",
    "OneVsRest",
    "RankCounts",
    "RankSums",
    "Ranking",
    "ScoreRuns",
    "State",
    "Statistic",
    "TruthRank",
]
