"""What a user writes in SQL with duckdb: windows over sorted scores."""

import json
import sys

import duckdb

CURVE = """
select sum(miss * (above - hits / 2)) / (sum(hits) * sum(miss)), sum(hits * above / seen) / sum(hits)
from (
    select n - hits as miss, hits,
        sum(hits) over (order by p desc) as above, sum(n) over (order by p desc) as seen
    from (
        select p, count(*)::double as n, (count(*) filter (y = {label}))::double as hits
        from (select "{column}" as p, y from rows) group by p
    )
)
"""
ROWS = """
create temp table rows as
select s.*, l.label as y
from read_parquet('{predictions}') s positional join read_csv('{labels}') l
"""


def main(predictions: str, labels: str) -> None:
    base = duckdb.connect()
    base.execute(ROWS.format(predictions=predictions, labels=labels))
    names = [name for name, *_ in base.execute("describe rows").fetchall() if name != "y"]
    if len(names) == 1:
        area, precision = one(base, CURVE.format(column=names[0], label=1))
        (loss,) = one(
            base, f"select -avg(ln(if(y = 1, {names[0]}::double, 1 - {names[0]}::double))) from rows"
        )
        print(json.dumps({"roc_auc": area, "average_precision": precision, "log_loss": loss}))
        return
    areas = [one(base, CURVE.format(column=name, label=j))[0] for j, name in enumerate(names)]
    scores = ", ".join(f'"{name}"' for name in names)
    best = f"select avg((list_position([{scores}], greatest({scores})) - 1 = y)::int) from rows"
    print(json.dumps({"accuracy": one(base, best)[0], "roc_auc_ovr_macro": sum(areas) / len(areas)}))


def one(base: duckdb.DuckDBPyConnection, query: str) -> tuple[float, ...]:
    """The only row of an answer."""
    row = base.execute(query).fetchone()
    assert row is not None
    return row


if __name__ == "__main__":
    main(*sys.argv[1:])
