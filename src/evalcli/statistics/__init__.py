"""Statistics: ``of(block) -> state`` and ``state + state``; nothing else."""

from evalcli.blocks.row_hashes import lots_of
from evalcli.statistics.base import AnyStatistic, Kept, Mapper, State, Statistic, finished
from evalcli.statistics.batch_averages import OutcomeRuns, Outcomes, RowOutcomes
from evalcli.statistics.calibration import (
    Calibration,
    CalibrationBins,
    ClasswiseCalibration,
    ConfidenceRuns,
    Confidences,
)
from evalcli.statistics.confusion import (
    Confusion,
    ConfusionCounts,
    LabelConfusion,
    LabelTotals,
    OneVsRest,
    RowConfusion,
    RowKinds,
)
from evalcli.statistics.curves import RankSums, Stretch
from evalcli.statistics.label_ranks import LabelRankMoments, LabelRanks
from evalcli.statistics.losses import Brier, LogLoss, LossMoments, Spiegelhalter, SpiegelhalterSums
from evalcli.statistics.moments import CoMoments, Moments, geometric_mean
from evalcli.statistics.ranking import ClassScores, Ranking, ScoreRuns
from evalcli.statistics.recalibration import LogOdds, LogOddsRuns, Recalibration
from evalcli.statistics.regression import (
    Coverage,
    Covered,
    Largest,
    LargestError,
    PairedValues,
    PairRuns,
    Pairs,
    RowLoss,
    RowLossMoments,
    Spread,
)
from evalcli.statistics.resampled_counts import RedrawnCounts, redrawn
from evalcli.statistics.row_count import RowCount, Size
from evalcli.statistics.row_sample import RowSample, Sample, SampledRows
from evalcli.statistics.truth_rank import RankCounts, TruthRank

__all__ = [
    "AnyStatistic",
    "Brier",
    "Calibration",
    "CalibrationBins",
    "ClassScores",
    "ClasswiseCalibration",
    "CoMoments",
    "ConfidenceRuns",
    "Confidences",
    "Confusion",
    "ConfusionCounts",
    "Coverage",
    "Covered",
    "Kept",
    "LabelConfusion",
    "LabelRankMoments",
    "LabelRanks",
    "LabelTotals",
    "Largest",
    "LargestError",
    "LogLoss",
    "LogOdds",
    "LogOddsRuns",
    "LossMoments",
    "Mapper",
    "Moments",
    "OneVsRest",
    "OutcomeRuns",
    "Outcomes",
    "PairRuns",
    "PairedValues",
    "Pairs",
    "RankCounts",
    "RankSums",
    "Ranking",
    "Recalibration",
    "RedrawnCounts",
    "RowConfusion",
    "RowCount",
    "RowKinds",
    "RowLoss",
    "RowLossMoments",
    "RowOutcomes",
    "RowSample",
    "Sample",
    "SampledRows",
    "ScoreRuns",
    "Size",
    "Spiegelhalter",
    "SpiegelhalterSums",
    "Spread",
    "State",
    "Statistic",
    "Stretch",
    "TruthRank",
    "finished",
    "geometric_mean",
    "lots_of",
    "redrawn",
]
