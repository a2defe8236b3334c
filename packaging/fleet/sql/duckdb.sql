-- The lines of fleet.yml, read once, and views of them for DuckDB; the queries in this folder ask the views.
-- Before it: SET VARIABLE reports = 'fleet-report/reports.jsonl';
CREATE OR REPLACE TEMP TABLE fleet_lines AS
SELECT *
FROM read_json(
    getvariable('reports'),
    format = 'newline_delimited',
    maximum_object_size = 67108864,
    columns = {
        host: 'VARCHAR',
        gathered_at: 'VARCHAR',
        status: 'VARCHAR',
        exit_status: 'INTEGER',
        error: 'VARCHAR',
        report: 'STRUCT(
            host STRUCT(kind VARCHAR, instance_id VARCHAR, region VARCHAR, account_id VARCHAR),
            agent STRUCT(version VARCHAR, running BOOLEAN),
            verdict STRUCT(outcome VARCHAR, path VARCHAR, cause VARCHAR, headline VARCHAR),
            paths STRUCT(path VARCHAR, state VARCHAR, principal STRUCT(arn VARCHAR, role VARCHAR), missing VARCHAR[])[],
            findings STRUCT(id VARCHAR, severity VARCHAR, owner VARCHAR, title VARCHAR)[]
        )'
    }
);

CREATE OR REPLACE TEMP VIEW hosts AS
SELECT
    host,
    status,
    error,
    report.host.account_id AS account_id,
    report.host.region AS region,
    report.host.instance_id AS instance_id,
    report.agent.version AS agent_version,
    report.verdict.outcome AS outcome,
    report.verdict.path AS path,
    report.verdict.cause AS cause,
    report.verdict.headline AS headline
FROM fleet_lines;

-- One row for each action that a path of a host misses.
CREATE OR REPLACE TEMP VIEW missing_actions AS
SELECT
    p.host,
    p.account_id,
    p.region,
    p.one.path AS path,
    p.one.state AS state,
    p.one.principal.role AS role,
    m.action
FROM (
    SELECT host, report.host.account_id AS account_id, report.host.region AS region, unnest(report.paths) AS one
    FROM fleet_lines
    WHERE report IS NOT NULL
) AS p
CROSS JOIN unnest(p.one.missing) AS m (action);

-- One row for each finding of a host.
CREATE OR REPLACE TEMP VIEW host_findings AS
SELECT
    f.host,
    f.account_id,
    f.region,
    f.one.id AS finding,
    f.one.severity AS severity,
    f.one.owner AS owner
FROM (
    SELECT host, report.host.account_id AS account_id, report.host.region AS region, unnest(report.findings) AS one
    FROM fleet_lines
    WHERE report IS NOT NULL
) AS f;
