"""Times pySigma's SQLite backend on the events and rules of a race: every rule becomes one query over one table of all events, which is
how tools built on it work. `pysigma_sqlite.py RULES EVENTS SECONDS` prints one JSON object."""

import json
import pathlib
import re
import sqlite3
import sys
import time

from sigma.backends.sqlite import sqliteBackend
from sigma.collection import SigmaCollection


def main() -> None:
    folder, events_file, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
    began = time.process_time()
    backend = sqliteBackend()
    queries, refused = [], 0
    for path in sorted(pathlib.Path(folder).rglob("*.yml")):
        try:
            for rule in SigmaCollection.from_yaml(path.read_text()).rules:
                source = rule.logsource
                for query in backend.convert_rule(rule):
                    queries.append((rule.title, (source.product, source.category, source.service), query))
        except Exception:  # a rule that it cannot convert
            refused += 1
    load_seconds = time.process_time() - began

    began = time.process_time()
    events = [json.loads(line) for line in open(events_file)]
    parse_seconds = time.process_time() - began
    names = sorted({name for event in events for name in event}, key=str.lower)
    # Column names count in any case.
    columns = list({name.lower(): name for name in names}.values())
    began = time.process_time()
    database = sqlite3.connect(":memory:")
    database.create_function("REGEXP", 2, lambda pattern, text: text is not None and re.search(pattern, str(text)) is not None)
    database.execute("CREATE TABLE logs (" + ", ".join(f'"{name}" TEXT COLLATE NOCASE' for name in columns) + ")")
    marks = ", ".join("?" for _ in columns)
    database.executemany(
        f"INSERT INTO logs VALUES ({marks})",
        ([None if event.get(name) is None else str(event.get(name)) for name in columns] for event in events),
    )
    fill_seconds = time.process_time() - began

    limit = max(60.0, seconds * 20)
    began, wall = time.process_time(), time.monotonic()
    matches, run, failed = 0, 0, 0
    for _, (product, category, service), query in queries:
        where = [f"{name} = '{value}'" for name, value in (("product", product), ("category", category), ("service", service)) if value]
        text = query.replace("<TABLE_NAME>", "logs")
        text += "".join(f" AND ({one})" for one in where) if " WHERE " in text else ""
        text = re.sub(r" WHERE (.*?)((?: AND \(\w+ = '[^']*'\))*)$", r" WHERE (\1)\2", text, flags=re.S)
        try:
            matches += len(database.execute(text).fetchall())
        except sqlite3.Error:
            failed += 1  # mostly a field that no event has
        run += 1
        if time.monotonic() - wall > limit:
            break
    query_seconds = time.process_time() - began
    whole = parse_seconds + fill_seconds + query_seconds * len(queries) / max(1, run)
    print(json.dumps({
        "rules": len(queries), "refused": refused, "loadMs": round(load_seconds * 1000), "matches": matches,
        "queriesRun": run, "queriesFailed": failed, "perCpuSecond": round(len(events) / whole),
        "note": "from the queries run within the limit, all others taken as equally slow" if run < len(queries) else "all queries run",
    }))


main()
