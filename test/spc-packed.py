"""Runs the pack in every way a Python user may, and prints what it answered as JSON."""

import json
import os
import sys

import duckdb

with open(sys.argv[1], encoding="utf8") as file:
    asked = json.load(file)


def functions(connection):
    return connection.execute(
        "SELECT function_name FROM duckdb_functions() WHERE schema_name = 'spc' ORDER BY ALL"
    ).fetchall()


def results(connection, queries):
    return {
        name: [row[0] for row in connection.execute(query).fetchall()]
        for name, query in queries.items()
    }


answers = {"version": duckdb.__version__}

main = duckdb.connect(":memory:")
main.execute(asked["pack"])
once = functions(main)
main.execute(asked["pack"])
answers["idempotent"] = functions(main) == once
answers["functions"] = len(once)
answers["pack version"] = main.execute("SELECT spc.version().version").fetchone()[0]
for statement in asked["data"]:
    main.execute(statement)
answers["main"] = results(main, asked["queries"])
main.execute("SET threads = 1")
answers["one thread"] = results(main, asked["queries"])

own = os.path.join(asked["folder"], f"own-{duckdb.__version__}.duckdb")
with duckdb.connect(own) as writer:
    writer.execute(asked["pack"])
for name, path in (("own file", own), ("file of another program", asked["file"])):
    reader = duckdb.connect(":memory:")
    reader.execute(f"ATTACH '{path}' AS p (READ_ONLY)")
    for statement in asked["data"]:
        reader.execute(statement)
    answers[name] = results(reader, asked["attached"])
    reader.execute("ATTACH ':memory:' AS q")
    reader.execute("CREATE SCHEMA q.data")
    reader.execute("CREATE TABLE q.data.mine AS FROM mine")
    answers[f"{name}: elsewhere"] = results(reader, asked["elsewhere"])
    reader.close()

for statement in asked["uninstall"]:
    main.execute(statement)
answers["left"] = len(functions(main))
answers["schemas left"] = main.execute(
    "SELECT count(*) FROM duckdb_schemas() WHERE schema_name = 'spc'"
).fetchone()[0]

main.execute(asked["pack"])
main.execute("CREATE TABLE spc.notes AS SELECT 42 AS answer")
for statement in asked["uninstall"][:-1]:
    main.execute(statement)
try:
    main.execute(asked["uninstall"][-1])
    answers["schema in use"] = "dropped"
except duckdb.Error as error:
    answers["schema in use"] = type(error).__name__
answers["own table"] = main.execute("FROM spc.notes").fetchone()[0]
answers["left beside it"] = len(functions(main))

print(json.dumps(answers))
