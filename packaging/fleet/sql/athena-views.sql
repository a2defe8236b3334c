-- The same views as in duckdb.sql; run one statement at a time. UNNEST of an array of structs gives one
-- column for each field, in the order of the table.
CREATE OR REPLACE VIEW hosts AS
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

CREATE OR REPLACE VIEW missing_actions AS
SELECT
    l.host,
    l.report.host.account_id AS account_id,
    l.report.host.region AS region,
    p.path,
    p.state,
    p.principal.role AS role,
    m.action
FROM fleet_lines AS l
CROSS JOIN UNNEST(l.report.paths) AS p (path, state, principal, missing)
CROSS JOIN UNNEST(p.missing) AS m (action);

CREATE OR REPLACE VIEW host_findings AS
SELECT
    l.host,
    l.report.host.account_id AS account_id,
    l.report.host.region AS region,
    f.id AS finding,
    f.severity,
    f.owner
FROM fleet_lines AS l
CROSS JOIN UNNEST(l.report.findings) AS f (id, severity, owner, title);
