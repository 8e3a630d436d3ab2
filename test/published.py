"""What an analyst does with the published file, from Python with DuckDB alone. Prints one JSON object: question, answer."""
import json
import os
import sys

import duckdb

path = sys.argv[1]
shared = "series, period, value, centre, lcl3, ucl3, judged, n, variation, direction_of_signal, signal, to_json(rules) AS rules"


def difference(connection, one, other):
    """How many rows two relations do not have in common, and how many they have."""
    both = f"(SELECT {shared} FROM {one})", f"(SELECT {shared} FROM {other})"
    apart = sum(
        connection.sql(f"SELECT count(*) FROM ({a} EXCEPT ALL {b})").fetchone()[0] for a, b in (both, both[::-1])
    )
    return [apart, connection.sql(f"SELECT count(*) FROM {both[0]}").fetchone()[0]]


def refused(connection, statement):
    try:
        connection.sql(statement)
    except duckdb.Error as error:
        return type(error).__name__
    return "allowed"


answers = {"version": duckdb.__version__}

main = duckdb.connect(path, read_only=True)
answers["main: rows"] = main.sql("SELECT count(*) FROM plimsoll.point").fetchone()[0]
answers["main: macro"] = difference(
    main, "spc.xmr('xmr_input')", "(SELECT * FROM plimsoll.point WHERE chart = 'xmr')"
)
answers["main: own CTE"] = main.sql(
    """WITH mine AS (SELECT 'a' AS series, DATE '2024-01-01' + x::INTEGER AS period, x % 2 AS value FROM range(20) AS r(x))
       SELECT count(*), min(centre), bool_and(judged) FROM spc.xmr('mine')"""
).fetchone()
main.sql("CREATE TEMP TABLE own AS FROM xmr_input")
answers["main: own table"] = difference(main, "spc.xmr('own')", "spc.xmr('xmr_input')")
answers["main: write"] = refused(main, "CREATE TABLE plimsoll.main.x AS SELECT 1")
answers["main: comment"] = main.sql(
    "SELECT comment FROM duckdb_views() WHERE view_name = 'point' AND schema_name = 'main'"
).fetchone()[0]
main.close()

for alias in (None, "p"):
    name = alias or os.path.basename(path).removesuffix(".duckdb")
    connection = duckdb.connect()
    quoted = path.replace("'", "''")
    connection.sql(f"ATTACH '{quoted}'{f' AS {alias}' if alias else ''} (READ_ONLY)")
    answers[f"{name}: rows"] = connection.sql(f"SELECT count(*) FROM {name}.point").fetchone()[0]
    answers[f"{name}: macro"] = difference(
        connection, f"{name}.spc.xmr('{name}.xmr_input')", f"(SELECT * FROM {name}.point WHERE chart = 'xmr')"
    )
    answers[f"{name}: own CTE"] = connection.sql(
        f"""WITH mine AS (SELECT 'a' AS series, DATE '2024-01-01' + x::INTEGER AS period, x % 2 AS value FROM range(20) AS r(x))
           SELECT count(*), min(centre), bool_and(judged) FROM {name}.spc.xmr('mine')"""
    ).fetchone()
    connection.sql(f"CREATE TABLE own AS FROM {name}.xmr_input")
    answers[f"{name}: own table"] = difference(
        connection, f"{name}.spc.xmr('own')", f"{name}.spc.xmr('{name}.xmr_input')"
    )
    answers[f"{name}: write"] = refused(connection, f"CREATE TABLE {name}.x AS SELECT 1")
    connection.close()

print(json.dumps(answers))
