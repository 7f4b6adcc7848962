"""Statistics: ``of(block) -> state`` and ``state + state``."""

from evalcli.blocks.row_hashes import hash_rows
from evalcli.statistics.base import AnyStatistic, Mapper, State, Statistic
from evalcli.statistics.batch_averages import OutcomeRuns, Outcomes, RowOutcomes
from evalcli.statistics.calibration import (
    Calibration,
    CalibrationBins,
    ClasswiseCalibration,
    ConfidenceRuns,
    Confidences,
    SortedConfidences,
)
from evalcli.statistics.confusion import (
    Confusion,
    ConfusionCounts,
    LabelConfusion,
    LabelPatternCounts,
    LabelTotals,
    OneVsRest,
    RowConfusion,
)
from evalcli.statistics.curves import AreaSums, CurveSegment
from evalcli.statistics.label_ranks import LabelRankMoments, LabelRanks
from evalcli.statistics.losses import Brier, LogLoss, LossMoments, Spiegelhalter, SpiegelhalterSums
from evalcli.statistics.moments import CoMoments, Moments, geometric_mean
from evalcli.statistics.ranking import Ranking
from evalcli.statistics.recalibration import LogOdds, LogOddsRuns, Recalibration
from evalcli.statistics.regression import (
    Coverage,
    CoverageCounts,
    JointMoments,
    LargestError,
    Maximum,
    PairedRows,
    PairedValues,
    Pairs,
)
from evalcli.statistics.resampled_counts import ResampledCounts, resample_table
from evalcli.statistics.row_count import RowCount, Size
from evalcli.statistics.row_losses import RowLoss, RowLossMoments
from evalcli.statistics.row_sample import RowSample, Sample, SampledRows
from evalcli.statistics.row_values import RowValues
from evalcli.statistics.score_ranking import ScoreRanking, ScoreRuns
from evalcli.statistics.segmented_curve import SegmentedCurve
from evalcli.statistics.shared_draws import SharedDraws
from evalcli.statistics.truth_rank import RankCounts, TruthRank

__all__ = [
    "AnyStatistic",
    "AreaSums",
    "Brier",
    "Calibration",
    "CalibrationBins",
    "ClasswiseCalibration",
    "CoMoments",
    "ConfidenceRuns",
    "Confidences",
    "Confusion",
    "ConfusionCounts",
    "Coverage",
    "CoverageCounts",
    "CurveSegment",
    "JointMoments",
    "LabelConfusion",
    "LabelPatternCounts",
    "LabelRankMoments",
    "LabelRanks",
    "LabelTotals",
    "LargestError",
    "LogLoss",
    "LogOdds",
    "LogOddsRuns",
    "LossMoments",
    "Mapper",
    "Maximum",
    "Moments",
    "OneVsRest",
    "OutcomeRuns",
    "Outcomes",
    "PairedRows",
    "PairedValues",
    "Pairs",
    "RankCounts",
    "Ranking",
    "Recalibration",
    "ResampledCounts",
    "RowConfusion",
    "RowCount",
    "RowLoss",
    "RowLossMoments",
    "RowOutcomes",
    "RowSample",
    "RowValues",
    "Sample",
    "SampledRows",
    "ScoreRanking",
    "ScoreRuns",
    "SegmentedCurve",
    "SharedDraws",
    "Size",
    "SortedConfidences",
    "Spiegelhalter",
    "SpiegelhalterSums",
    "State",
    "Statistic",
    "TruthRank",
    "geometric_mean",
    "hash_rows",
    "resample_table",
]
