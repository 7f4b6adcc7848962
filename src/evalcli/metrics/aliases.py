"""Other names of metrics: terms of the field, and what other libraries call the same quantity.

Every name here means exactly the metric that it is listed under. Case, whitespace, ``-`` and ``_`` are
ignored; averages before or after a name (``macro_sensitivity``, ``f1 macro avg``) need no entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from evalcli.tasks import BINARY, MULTICLASS, MULTILABEL, Task

ALIASES: Mapping[str, tuple[str, ...]] = {
    # classes
    "accuracy": ("acc", "accuracy_score", "categorical_accuracy", "sparse_categorical_accuracy"),
    "balanced_accuracy": (
        *("bacc", "balanced_acc", "balanced_accuracy_score", "mean_class_accuracy"),
        *("mean_per_class_accuracy", "unweighted_average_recall", "uar"),
    ),
    "mcc": (
        "matthews_corrcoef",
        "matthews_correlation",
        "matthews_correlation_coefficient",
    ),
    "cohen_kappa": ("kappa", "kap", "cohens_kappa", "cohen_kappa_score"),
    "cohen_kappa_linear": ("linear_kappa", "linear_weighted_kappa", "lwk"),
    "cohen_kappa_quadratic": ("qwk", "quadratic_kappa", "quadratic_weighted_kappa"),
    "precision": ("prec", "precision_score", "ppv", "pos_pred_value", "positive_predictive_value"),
    "recall": (
        *("recall_score", "sensitivity", "sens", "tpr", "true_positive_rate", "hit_rate"),
        "probability_of_detection",
    ),
    "specificity": ("spec", "specificity_score", "selectivity", "tnr", "true_negative_rate"),
    "f1": (
        *("f1_score", "f1_measure", "f_score", "f_meas", "f_measure"),
        *("dice", "dice_score", "dice_coefficient", "sorensen_dice", "dsc"),
    ),
    "fbeta": ("fbeta_score", "fbeta_measure"),
    "jaccard": (
        *("iou", "intersection_over_union", "jaccard_score", "jaccard_index", "jaccard_similarity"),
        *("threat_score", "critical_success_index", "csi"),
    ),
    "jaccard_macro": ("mean_iou", "miou"),
    "npv": ("neg_pred_value", "negative_predictive_value"),
    "informedness": (
        *("youden", "youden_index", "youdens_index", "youden_j", "youdens_j", "j_index"),
        *("bookmaker_informedness", "true_skill_statistic", "tss"),
    ),
    "g_mean": ("geometric_mean", "geometric_mean_score"),
    "fpr": ("false_positive_rate", "fall_out", "false_alarm_rate"),
    "fnr": ("false_negative_rate", "miss_rate"),
    "fdr": ("false_discovery_rate",),
    "false_omission_rate": ("for",),
    "lr_plus": ("positive_likelihood_ratio", "plr"),
    "lr_minus": ("negative_likelihood_ratio", "nlr"),
    "diagnostic_odds_ratio": ("dor",),
    "prevalence": ("base_rate",),
    "predicted_positive_rate": ("detection_prevalence", "selection_rate"),
    # sets of labels
    "subset_accuracy": ("exact_match_ratio", "multilabel_exact_match"),
    "hamming_loss": ("hamming", "hamming_distance"),
    "label_ranking_average_precision": ("lrap", "label_ranking_average_precision_score"),
    "label_ranking_loss": ("ranking_loss",),
    # rankings
    "roc_auc": (
        *("auc", "auroc", "auc_roc", "roc_auc_score", "roc_area", "area_under_roc", "area_under_curve"),
        *("area_under_roc_curve", "area_under_the_roc_curve", "c_statistic"),
    ),
    "roc_auc_ovr_macro": ("roc_auc_ovr", "auc_ovr"),
    "roc_auc_ovo_macro": ("roc_auc_ovo", "auc_ovo", "hand_till"),
    "average_precision": (
        *("pr_auc", "auc_pr", "auprc", "ap", "average_precision_score"),
        "area_under_pr",
    ),
    "top_k_accuracy": ("top_k", "top_k_accuracy_score", "top_k_categorical_accuracy"),
    "mrr": ("mean_reciprocal_rank",),
    "ks": ("ks_score", "ks_stat", "ks_statistic", "kolmogorov_smirnov"),
    "gini": ("gini_coefficient", "normalized_gini", "accuracy_ratio", "somers_d"),
    "eer": ("equal_error_rate",),
    "precision_at_recall": ("precision_at_fixed_recall", "ppv_at_recall"),
    "recall_at_precision": ("recall_at_fixed_precision",),
    "recall_at_fpr": ("tpr_at_fpr", "sensitivity_at_fpr"),
    "best_f1": ("max_f1", "f1_max", "optimal_f1"),
    # probabilities
    "log_loss": (
        *("cross_entropy", "nll", "negative_log_likelihood", "mn_log_loss", "logistic_loss"),
        "cross_entropy_loss",
    ),
    "brier": ("brier_score", "brier_score_loss", "brier_loss"),
    "d2_log_loss": ("d2_log_loss_score",),
    "brier_skill": ("brier_skill_score", "bss", "d2_brier_score"),
    "ece": ("expected_calibration_error", "calibration_error"),
    "mce": ("maximum_calibration_error", "max_calibration_error"),
    "ace": ("adaptive_calibration_error",),
    "classwise_ece": ("classwise_calibration_error", "static_calibration_error"),
    # real values
    "mae": ("mean_absolute_error", "mean_abs_error", "l1_error"),
    "mse": ("mean_squared_error", "mean_square_error"),
    "rmse": ("root_mean_squared_error", "root_mean_square_error", "rmsd"),
    "msle": ("mean_squared_log_error", "mean_squared_logarithmic_error"),
    "rmsle": ("root_mean_squared_log_error", "root_mean_squared_logarithmic_error"),
    "median_absolute_error": ("medae", "mdae", "median_abs_error"),
    "max_error": ("maximum_error", "max_absolute_error"),
    "mape": ("mean_absolute_percentage_error", "mean_abs_percentage_error"),
    "smape": ("symmetric_mean_absolute_percentage_error",),
    "wape": ("wmape", "weighted_mean_absolute_percentage_error", "weighted_absolute_percentage_error"),
    "r2": ("r2_score", "r_squared", "rsq_trad", "coefficient_of_determination"),
    "explained_variance": ("explained_variance_score",),
    "pearson": ("pearson_r", "pearson_corrcoef", "pearson_correlation"),
    "spearman": (
        "spearman_r",
        "spearman_rho",
        "spearman_corrcoef",
        "spearman_correlation",
    ),
    "kendall": ("kendall_tau", "kendall_tau_b", "kendall_rank_corr_coef"),
    "concordance": ("ccc", "lins_ccc", "concordance_corr_coef", "concordance_correlation_coefficient"),
    "d2_absolute_error": ("d2_absolute_error_score",),
    "mean_poisson_deviance": ("poisson_deviance",),
    "mean_gamma_deviance": ("gamma_deviance",),
    "tweedie_deviance": ("mean_tweedie_deviance", "tweedie_deviance_score"),
    "pinball": ("pinball_loss", "mean_pinball_loss", "quantile_loss"),
    "interval_coverage": ("picp", "prediction_interval_coverage"),
    "interval_width": ("mpiw", "mean_prediction_interval_width"),
}

CROSS_ENTROPY = {BINARY: "log_loss", MULTILABEL: "log_loss"}
ONE_OF_CLASSES = {BINARY: "log_loss", MULTICLASS: "log_loss"}
BY_TASK: Mapping[str, Mapping[Task, str]] = {
    "exact_match": {BINARY: "accuracy", MULTICLASS: "accuracy", MULTILABEL: "subset_accuracy"},
    "binary_accuracy": {BINARY: "accuracy"},
    "bal_accuracy": {BINARY: "balanced_accuracy"},
    "f1_binary": {BINARY: "f1"},
    "precision_binary": {BINARY: "precision"},
    "recall_binary": {BINARY: "recall"},
    "phi": {BINARY: "mcc"},
    "phi_coefficient": {BINARY: "mcc"},
    "brier_class": {BINARY: "brier"},
    "bce": CROSS_ENTROPY,
    "binary_crossentropy": CROSS_ENTROPY,
    "bce_loss": CROSS_ENTROPY,
    "categorical_crossentropy": ONE_OF_CLASSES,
    "sparse_categorical_crossentropy": ONE_OF_CLASSES,
}
"""Names that mean a metric for some tasks only, or a different one for each task."""

COUNTED: Mapping[str, str] = {
    r"top([1-9]\d*)(?:acc|accuracy|accuracyscore|categoricalaccuracy)?": "top_k_accuracy@{}",
    r"f([1-9]\d*(?:\.\d+)?|0\.\d+)(?:score|measure)?": "fbeta@{}",
}
"""Names with a number in them, folded: ``top5``, ``top-5 accuracy``, ``f2``."""
WITH_NUMBER: Mapping[str, str] = {
    "acc": "top_k_accuracy",
    "accuracy": "top_k_accuracy",
    **dict.fromkeys(("fscore", "fmeasure", "fmeas"), "fbeta"),
}
"""Names that mean another metric with a number after ``@``."""


class Answer(NamedTuple):
    """The answer to a name that no metric has: one sentence, and the nearest metric."""

    sentence: str
    nearest: str = ""


MATRIX = Answer("the counts are in the confusion matrix of the report")
COMPLEMENT = Answer("the error rate is 1 - accuracy", "accuracy")
RANKED_LISTS = "metrics of ranked lists are not available"
TEXTS = Answer("metrics of generated text are not available")
SIGNED = Answer(
    "the sign of the mean error differs between tools: bias is the mean of predicted minus true", "bias"
)
BALANCED = Answer(
    "in some tools it is the mean recall of the classes, in others their mean one-vs-rest accuracy",
    "balanced_accuracy",
)
ANSWERS: Mapping[tuple[str, ...], Answer] = {
    ("confusion_matrix", "confmat", "cm"): MATRIX,
    (
        "tp",
        "fp",
        "fn",
        "tn",
        "true_positives",
        "false_positives",
        "false_negatives",
        "true_negatives",
    ): MATRIX,
    ("support", "classification_report"): Answer(
        "precision, recall, f1 and support of each class are in the report"
    ),
    ("error_rate", "error", "err", "misclassification_rate", "classification_error"): COMPLEMENT,
    ("zero_one_loss", "0_1_loss"): COMPLEMENT,
    ("top1_error",): Answer("the top-1 error is 1 - top_k_accuracy@1", "top_k_accuracy"),
    ("top5_error",): Answer("the top-5 error is 1 - top_k_accuracy@5", "top_k_accuracy"),
    ("loss",): Answer("the cross-entropy is log_loss, the squared error mse", "log_loss"),
    ("perplexity", "ppl"): Answer("the perplexity is exp(log_loss)", "log_loss"),
    ("hinge", "hinge_loss"): Answer("the hinge loss is not available", "log_loss"),
    ("macro_accuracy", "accuracy_macro", "average_accuracy", "mean_accuracy"): BALANCED,
    ("bal_accuracy",): Answer(
        "yardstick's bal_accuracy of several classes is the mean of (sensitivity + specificity) / 2",
        "balanced_accuracy",
    ),
    ("binary_accuracy",): Answer(
        "the share of single labels that are correct is 1 - hamming_loss", "hamming_loss"
    ),
    ("brier_class",): Answer("yardstick's brier_class of several classes is brier / 2", "brier"),
    ("weighted_kappa", "weighted_cohen_kappa"): Answer(
        "the weights are linear (cohen_kappa_linear) or quadratic (cohen_kappa_quadratic)",
        "cohen_kappa_quadratic",
    ),
    ("map", "mean_average_precision", "map50"): Answer(
        "mean average precision of detection or retrieval is not available; "
        "average_precision_macro is the mean over classes",
        "average_precision",
    ),
    ("precision_at_k", "p_at_k"): Answer(RANKED_LISTS, "precision_at_recall"),
    ("recall_at_k", "hit_rate_at_k", "hits"): Answer(RANKED_LISTS, "top_k_accuracy"),
    ("ndcg", "ndcg_score", "dcg", "dcg_score", "map_at_k", "ndcg_at_k"): Answer(RANKED_LISTS),
    (
        "wer",
        "word_error_rate",
        "cer",
        "bleu",
        "rouge",
        "rouge_l",
        "meteor",
        "chrf",
        "ter",
        "bert_score",
    ): TEXTS,
    ("c_index", "concordance_index"): Answer(
        "the concordance index of binary data is roc_auc; that of survival data is not available", "roc_auc"
    ),
    ("sensitivity_at_specificity",): Answer(
        "sensitivity at specificity S is recall_at_fpr@(1 - S)", "recall_at_fpr"
    ),
    ("specificity_at_sensitivity", "fpr_at_recall", "fpr_at_tpr", "fpr95", "fpr_at_95_tpr"): Answer(
        "rates at a given recall are not available, except precision_at_recall", "precision_at_recall"
    ),
    ("detection_rate",): Answer("it is the recall in some tools, TP / n in others (caret)", "recall"),
    ("rsq",): Answer("yardstick's rsq is pearson squared; its rsq_trad is r2", "r2"),
    ("mean_error", "me", "mean_bias_error", "mbe", "msd", "mean_signed_deviation"): SIGNED,
    ("ce",): Answer(
        "it is the cross-entropy (log_loss) or, in mlr3, the error rate 1 - accuracy", "log_loss"
    ),
    ("precision_recall_auc", "prc_auc", "auc_prc"): Answer(
        "the trapezoidal area under the precision-recall curve is too optimistic; average_precision is exact",
        "average_precision",
    ),
    ("false_alarm_ratio", "far"): Answer(
        "the false alarm ratio is fdr, 1 - precision; the false alarm rate is fpr", "fdr"
    ),
    ("kendall_tau_c", "tau_c"): Answer("kendall is tau-b; tau-c is not available", "kendall"),
    ("pbias", "percent_bias"): Answer("the bias in per cent is not available", "bias"),
    ("spearman_p", "pearson_p", "p_value"): Answer("p-values are not available; intervals are", "spearman"),
    ("log_likelihood", "log_score", "loglik"): Answer("the mean log-likelihood is -log_loss", "log_loss"),
    ("balanced_error_rate", "ber", "hter"): Answer("it is 1 - balanced_accuracy", "balanced_accuracy"),
    ("adjusted_r2", "adj_r2"): Answer("it needs the number of the model's inputs: see r2", "r2"),
    ("nse", "nash_sutcliffe"): Answer("the Nash-Sutcliffe efficiency is r2", "r2"),
    ("partial_auc", "pauc"): Answer("the partial area is roc_auc@FPR", "roc_auc"),
    ("mad",): Answer("it is the mean (mae) or the median absolute error (median_absolute_error)", "mae"),
    ("huber", "huber_loss", "log_cosh", "mase", "mpe"): Answer("it is not available", "mae"),
    ("coverage",): Answer(
        "of predicted intervals it is interval_coverage@SHARE, of ranked labels coverage_error"
    ),
    ("lift", "gain", "gain_curve", "lift_curve"): Answer("lift and gain curves are not available", "gini"),
}

NOT_HERE: Mapping[tuple[Task, str], Answer] = {
    (MULTILABEL, "accuracy"): Answer(
        "scikit-learn's accuracy of label sets is subset_accuracy, elsewhere it is 1 - hamming_loss",
        "subset_accuracy",
    ),
}
"""Metrics that a task does not have, whose names mean something else there."""

AROUND = ("", "avg", "average", "averaged")
"""What may follow the name of an average, folded: ``macro avg f1``."""


def fold(name: str) -> str:
    """A name in lower case, without separators.

    >>> fold("F1-Score"), fold("balanced accuracy")
    ('f1score', 'balancedaccuracy')
    """
    return name.lower().translate(SEPARATORS)


SEPARATORS = str.maketrans("", "", "-_ \t")
