"""Areas from counts in bins: what has a bound, and how far a value may be off."""

from __future__ import annotations

from evalcli.engine.plan import Plan
from evalcli.errors import UsageError
from evalcli.findings import omit, use


def why_uncertified(plan: Plan) -> str | None:
    """Which data counts in bins do not bound the areas of; None if they do, empty if there are no areas."""
    context = plan.context
    if context.ranking not in plan.statistics:
        return ""
    reasons = {
        "weighted rows": context.weighted,
        "groups of rows": context.groups is not None,
        "missing labels": context.gaps,
        "pairs of classes (roc_auc_ovo)": context.ranking.one_vs_one,
    }
    return next((text for text, found in reasons.items() if found), None)


def refuse_uncertified(plan: Plan) -> None:
    """Refuse data whose areas counts in bins do not bound. Raises a ``UsageError``."""
    reason = why_uncertified(plan)
    if reason == "":
        raise UsageError(
            "--ranking certified has no effect: no metric ranks scores",
            hint=omit("ranking"),
            code="no-effect",
        )
    if reason is not None:
        raise UsageError(f"--ranking certified is not for {reason}", hint=use(ranking="exact"))
