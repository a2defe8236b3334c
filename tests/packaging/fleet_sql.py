"""The fleet's SQL on real and on many lines: fleet_sql.py LINES HOSTS COUNT.

LINES is what the playbook gathered, HOSTS names each host and the scenario that it is. COUNT
synthetic hosts are made of the real lines and summarised, with the time printed.
"""

import json
import pathlib
import re
import subprocess
import sys
import tempfile
import time

import duckdb
import sqlglot
import yaml

SQL = pathlib.Path("packaging/fleet/sql")
QUERIES = sorted(SQL.glob("queries/*.sql"))


def connect(lines: pathlib.Path) -> duckdb.DuckDBPyConnection:
    database = duckdb.connect()
    database.execute(f"SET VARIABLE reports = '{lines}'")
    database.execute((SQL / "duckdb.sql").read_text())
    return database


def ask(database: duckdb.DuckDBPyConnection, name: str) -> list[dict]:
    answer = database.execute((SQL / f"queries/{name}.sql").read_text())
    columns = [column[0] for column in answer.description]
    return [dict(zip(columns, row)) for row in answer.fetchall()]


def wanted(hosts: pathlib.Path) -> dict:
    """What the scenario of each host says must come out; a host without one is not at home."""
    all_hosts = {}
    for line in hosts.read_text().splitlines():
        host, scenario = (line.split() + [""])[:2]
        if not scenario:
            all_hosts[host] = {"status": "unreachable", "path": "-", "outcome": "-", "cause": "-", "missing": []}
            continue
        expect = json.loads(pathlib.Path(f"tests/scenarios/{scenario}.json").read_text())["expect"]
        all_hosts[host] = {
            "status": "reported",
            "path": expect["path"],
            "outcome": expect["outcome"],
            "cause": expect["cause"] or "-",
            "missing": expect.get("missing", {}).get(expect["path"], []),
        }
    return all_hosts


def real(lines: pathlib.Path, expected: dict) -> None:
    database = connect(lines)
    told = {row["host"]: row for row in ask(database, "hosts")}
    assert told.keys() == expected.keys(), (told.keys(), expected.keys())
    for host, want in expected.items():
        for field in ("status", "path", "outcome", "cause"):
            assert told[host][field] == want[field], (host, field, told[host])
        print("  {host}: {status}, {path}, {outcome}, {cause}".format(**told[host]))
    reported = [host for host, want in expected.items() if want["status"] == "reported"]
    assert sum(row["hosts"] for row in ask(database, "paths")) == len(reported)

    causes = {(row["for_example"], row["cause"]) for row in ask(database, "causes")}
    broken = {(host, want["cause"]) for host, want in expected.items() if want["cause"] != "-"}
    assert causes == broken and len(broken) > 1, causes
    missing = {}
    for row in ask(database, "missing"):
        assert row["account_id"] == "111122223333", row
        missing.setdefault(row["for_example"], set()).add(row["action"])
    # Only what AWS denied is missing; what could not be asked is not.
    wanted_missing = {host: set(want["missing"]) for host, want in expected.items() if want["missing"]}
    assert missing == wanted_missing, missing
    unknown = {row["host"] for row in ask(database, "unknown")}
    assert unknown == {host for host, want in expected.items() if want["status"] != "reported"}


def by_hand(lines: pathlib.Path) -> None:
    """The script of the book's page prints what the queries say."""
    said = subprocess.run(["packaging/fleet/ask", str(lines), "causes"], check=True, capture_output=True, text=True)
    assert "endpoint-" in said.stdout and "session-permission-missing" in said.stdout, said.stdout
    print("".join(f"    {line}\n" for line in said.stdout.splitlines()), end="")


def collectors() -> None:
    """Their patterns make one record of a report, whatever is in it."""
    report = json.dumps({"verdict": {"outcome": "usable"}, "paths": [{"path": "x"}]}, indent=2) + "\n"
    configuration = yaml.safe_load(pathlib.Path("packaging/fleet/collectors/otel-collector.yaml").read_text())
    end = configuration["receivers"]["filelog/ssm_probe"]["multiline"]["line_end_pattern"]
    assert len(re.findall(end, report + report, re.MULTILINE)) == 2
    agent = json.loads(pathlib.Path("packaging/fleet/collectors/cloudwatch-agent.json").read_text())
    start = agent["logs"]["logs_collected"]["files"]["collect_list"][0]["multi_line_start_pattern"]
    assert len(re.findall(start, report + report, re.MULTILINE)) == 2


def many(lines: pathlib.Path, count: int) -> None:
    real_lines = [json.loads(line) for line in lines.read_text().splitlines()]
    templates = []
    for line in real_lines:
        line["host"] = "HOST"
        if line["report"]:
            line["report"]["host"].update(account_id="ACCOUNT", region="REGION", instance_id="INSTANCE")
        templates.append(json.dumps(line))
    regions = ["eu-west-1", "eu-central-1", "us-east-1", "ap-southeast-2"]
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "reports.jsonl"
        begin = time.monotonic()
        with file.open("w") as out:
            for number in range(count):
                text = templates[number % len(templates)]
                text = text.replace('"HOST"', f'"host-{number:06}"').replace('"INSTANCE"', f'"i-{number:017x}"')
                text = text.replace('"ACCOUNT"', f'"{111100000000 + number % 50}"')
                out.write(text.replace('"REGION"', f'"{regions[number // 50 % 4]}"') + "\n")
        size = file.stat().st_size
        print(f"  {count} lines of {size / 1e9:.2f} GB made in {time.monotonic() - begin:.1f} s")
        total = time.monotonic()
        database = connect(file)
        print(f"  read in {time.monotonic() - total:.1f} s")
        for query in QUERIES:
            begin = time.monotonic()
            rows = ask(database, query.stem)
            print(f"  {query.stem}: {len(rows)} rows in {time.monotonic() - begin:.1f} s")
            if query.stem == "hosts":
                assert len(rows) == count
            if query.stem == "causes":
                blocked = sum(1 for line in real_lines if line["report"] and line["report"]["verdict"]["cause"])
                assert abs(sum(row["hosts"] for row in rows) - count * blocked / len(real_lines)) < len(real_lines)
        print(f"  {count} reports summarised in {time.monotonic() - total:.1f} s")


def athena() -> None:
    """No Athena here: its statements are parsed in its dialect, and give the columns of DuckDB's views."""
    sqlglot.parse_one((SQL / "athena-table.sql").read_text(), dialect="athena")
    views = {}
    for name, dialect in (("athena-views", "athena"), ("duckdb", "duckdb")):
        found = {}
        for statement in sqlglot.parse((SQL / f"{name}.sql").read_text(), dialect=dialect):
            if isinstance(statement, sqlglot.exp.Create) and statement.this.name != "fleet_lines":
                found[statement.this.name] = statement.expression.named_selects
        views[name] = found
    assert views["athena-views"] == views["duckdb"], views
    for query in QUERIES:
        for dialect in ("athena", "duckdb"):
            sqlglot.parse_one(query.read_text(), dialect=dialect)
    print(f"  Athena: the table, {len(views['duckdb'])} views and {len(QUERIES)} queries parse, with the same columns")


if __name__ == "__main__":
    gathered, said, how_many = sys.argv[1:]
    real(pathlib.Path(gathered), wanted(pathlib.Path(said)))
    by_hand(pathlib.Path(gathered))
    collectors()
    athena()
    many(pathlib.Path(gathered), int(how_many))
