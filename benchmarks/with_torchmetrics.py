"""What a user writes with torchmetrics for the figures of one `evalcli score`."""

import json
import sys

import pandas as pd
import torch
import torchmetrics.classification as c
from torch import Tensor, nn
from torchmetrics import MetricCollection

BATCH = 65_536


def main(predictions: str, labels: str) -> None:
    table = pd.read_csv(predictions) if predictions.endswith(".csv") else pd.read_parquet(predictions)
    scores = torch.from_numpy(table.to_numpy(dtype="float32"))
    y = torch.from_numpy(pd.read_csv(labels)["label"].to_numpy())
    found = binary(y, scores[:, 0]) if scores.shape[1] == 1 else multiclass(y, scores)
    print(json.dumps({name: float(value) for name, value in found.items()}))


def updated(collection: MetricCollection, scores: Tensor, y: Tensor) -> dict[str, Tensor]:
    for some_scores, some_y in zip(scores.split(BATCH), y.split(BATCH), strict=True):
        collection.update(some_scores, some_y)
    return collection.compute()


def binary(y: Tensor, p: Tensor) -> dict[str, Tensor]:
    collection = MetricCollection(
        {
            "accuracy": c.BinaryAccuracy(),
            "precision": c.BinaryPrecision(),
            "recall": c.BinaryRecall(),
            "specificity": c.BinarySpecificity(),
            "f1": c.BinaryF1Score(),
            "mcc": c.BinaryMatthewsCorrCoef(),
            "roc_auc": c.BinaryAUROC(),
            "average_precision": c.BinaryAveragePrecision(),
            "ece": c.BinaryCalibrationError(n_bins=15),
            "confusion": c.BinaryConfusionMatrix(),
        }
    )
    found = updated(collection, p, y)
    del found["confusion"], found["ece"]  # the error is of another definition: it bins p by the prediction
    found["balanced_accuracy"] = (found["recall"] + found["specificity"]) / 2
    found["log_loss"] = nn.functional.binary_cross_entropy(p, y.float())
    found["brier"] = (p - y).square().mean()
    return found


def collection_of(k: int) -> MetricCollection:
    return MetricCollection(
        {
            "accuracy": c.MulticlassAccuracy(k, average="micro"),
            "balanced_accuracy": c.MulticlassAccuracy(k, average="macro"),
            "precision": c.MulticlassPrecision(k, average=None),
            "recall": c.MulticlassRecall(k, average=None),
            "f1": c.MulticlassF1Score(k, average=None),
            "f1_weighted": c.MulticlassF1Score(k, average="weighted"),
            "mcc": c.MulticlassMatthewsCorrCoef(k),
            "top_k_accuracy@2": c.MulticlassAccuracy(k, average="micro", top_k=2),
            "top_k_accuracy@3": c.MulticlassAccuracy(k, average="micro", top_k=3),
            "top_k_accuracy@5": c.MulticlassAccuracy(k, average="micro", top_k=5),
            "roc_auc": c.MulticlassAUROC(k, average=None),
            "average_precision": c.MulticlassAveragePrecision(k, average=None),
            "ece": c.MulticlassCalibrationError(k, n_bins=15),
            "confusion": c.MulticlassConfusionMatrix(k),
        }
    )


def multiclass(y: Tensor, scores: Tensor) -> dict[str, Tensor]:
    k = scores.shape[1]
    found = updated(collection_of(k), scores, y)
    del found["confusion"]
    for name in ("precision", "recall", "f1", "average_precision"):
        found[f"{name}_macro"] = found.pop(name).mean()
    found["roc_auc_ovr_macro"] = found.pop("roc_auc").mean()
    found["log_loss"] = nn.functional.nll_loss(scores.log(), y)
    found["brier"] = (scores - nn.functional.one_hot(y, k)).square().sum(dim=1).mean()
    return found


if __name__ == "__main__":
    main(*sys.argv[1:3])
