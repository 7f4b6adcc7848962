"""What a user writes with scikit-learn for the figures of one `evalcli score`.

One call for each figure, as its documentation has it; `--frugal` computes one vector over the classes where a
macro average and a column of the per-class table want the same.
"""

import json
import sys

import numpy as np
import pandas as pd
from scipy import stats
from sklearn import metrics as m


def main(predictions: str, labels: str = "", *options: str) -> None:
    if not labels:
        values = pd.read_parquet(predictions)
        print(json.dumps(regression(values["y_true"].to_numpy(), values["y_pred"].to_numpy())))
        return
    table = pd.read_csv(predictions) if predictions.endswith(".csv") else pd.read_parquet(predictions)
    scores, y = table.to_numpy(), pd.read_csv(labels)["label"].to_numpy()
    frugal = "--frugal" in options
    print(json.dumps(binary(y, scores[:, 0]) if scores.shape[1] == 1 else multiclass(y, scores, frugal)))


def binary(y: np.ndarray, p: np.ndarray) -> dict[str, float]:
    h = (p > 0.5).astype(int)
    m.confusion_matrix(y, h)
    m.classification_report(y, h)
    return {
        "accuracy": m.accuracy_score(y, h),
        "balanced_accuracy": m.balanced_accuracy_score(y, h),
        "precision": m.precision_score(y, h),
        "recall": m.recall_score(y, h),
        "specificity": m.recall_score(y, h, pos_label=0),
        "f1": m.f1_score(y, h),
        "mcc": m.matthews_corrcoef(y, h),
        "roc_auc": m.roc_auc_score(y, p),
        "average_precision": m.average_precision_score(y, p),
        "log_loss": m.log_loss(y, p),
        "brier": m.brier_score_loss(y, p),
        "ece": calibration_error(p, y),
    }


def regression(y: np.ndarray, p: np.ndarray) -> dict[str, float]:
    error = p - y
    spread = y.var() + p.var() + (y.mean() - p.mean()) ** 2
    return {
        "mae": m.mean_absolute_error(y, p),
        "mse": m.mean_squared_error(y, p),
        "rmse": m.root_mean_squared_error(y, p),
        "msle": m.mean_squared_log_error(y, p),
        "rmsle": m.root_mean_squared_log_error(y, p),
        "median_absolute_error": m.median_absolute_error(y, p),
        "max_error": m.max_error(y, p),
        "mape": m.mean_absolute_percentage_error(y, p),
        "smape": float(np.mean(2 * np.abs(error) / (np.abs(y) + np.abs(p)))),
        "wape": float(np.abs(error).sum() / np.abs(y).sum()),
        "r2": m.r2_score(y, p),
        "explained_variance": m.explained_variance_score(y, p),
        "bias": float(error.mean()),
        "pearson": float(stats.pearsonr(y, p).statistic),
        "spearman": float(stats.spearmanr(y, p).statistic),
        "concordance": float(2 * np.mean((y - y.mean()) * (p - p.mean())) / spread),
        "mean_poisson_deviance": m.mean_poisson_deviance(y, p),
        "mean_gamma_deviance": m.mean_gamma_deviance(y, p),
        "tweedie_deviance@1.5": m.mean_tweedie_deviance(y, p, power=1.5),
        "d2_absolute_error": m.d2_absolute_error_score(y, p),
    }


def multiclass(y: np.ndarray, scores: np.ndarray, frugal: bool) -> dict[str, float]:
    k = scores.shape[1]
    classes = np.arange(k)
    h = scores.argmax(axis=1)
    m.confusion_matrix(y, h, labels=classes)
    return {
        **(class_averages_at_once if frugal else class_averages)(y, h, scores, classes),
        "accuracy": m.accuracy_score(y, h),
        "balanced_accuracy": m.balanced_accuracy_score(y, h),
        "mcc": m.matthews_corrcoef(y, h),
        "top_k_accuracy@2": m.top_k_accuracy_score(y, scores, k=2, labels=classes),
        "top_k_accuracy@3": m.top_k_accuracy_score(y, scores, k=3, labels=classes),
        "top_k_accuracy@5": m.top_k_accuracy_score(y, scores, k=5, labels=classes),
        "log_loss": m.log_loss(y, scores, labels=classes),
        "brier": m.brier_score_loss(y, scores, labels=classes),
        "ece": calibration_error(scores.max(axis=1), h == y),
    }


def class_averages(y: np.ndarray, h: np.ndarray, scores: np.ndarray, classes: np.ndarray) -> dict[str, float]:
    m.classification_report(y, h, labels=classes, zero_division=0)
    one_hot = np.eye(len(classes), dtype=np.int8)[y]
    m.roc_auc_score(one_hot, scores, average=None)
    m.average_precision_score(one_hot, scores, average=None)
    return {
        "precision_macro": m.precision_score(y, h, average="macro", zero_division=0),
        "recall_macro": m.recall_score(y, h, average="macro", zero_division=0),
        "f1_macro": m.f1_score(y, h, average="macro", zero_division=0),
        "f1_weighted": m.f1_score(y, h, average="weighted", zero_division=0),
        "roc_auc_ovr_macro": m.roc_auc_score(one_hot, scores, average="macro"),
        "average_precision_macro": m.average_precision_score(one_hot, scores, average="macro"),
    }


def class_averages_at_once(
    y: np.ndarray, h: np.ndarray, scores: np.ndarray, classes: np.ndarray
) -> dict[str, float]:
    precision, recall, f1, support = m.precision_recall_fscore_support(y, h, labels=classes, zero_division=0)
    one_hot = np.eye(len(classes), dtype=np.int8)[y]
    return {
        "precision_macro": precision.mean(),
        "recall_macro": recall.mean(),
        "f1_macro": f1.mean(),
        "f1_weighted": np.average(f1, weights=support),
        "roc_auc_ovr_macro": m.roc_auc_score(one_hot, scores, average=None).mean(),
        "average_precision_macro": m.average_precision_score(one_hot, scores, average=None).mean(),
    }


def calibration_error(confidence: np.ndarray, right: np.ndarray) -> float:
    bins = np.digitize(confidence, np.linspace(0, 1, 16)[1:-1], right=True)
    counts = np.bincount(bins, minlength=15)
    gaps = np.bincount(bins, weights=right, minlength=15) - np.bincount(bins, confidence, minlength=15)
    return float(np.abs(gaps).sum()) / float(counts.sum())


if __name__ == "__main__":
    main(*sys.argv[1:])
