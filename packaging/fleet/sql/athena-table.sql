-- The lines of fleet.yml, gathered below an S3 prefix, as a table of Athena.
CREATE EXTERNAL TABLE fleet_lines (
    host string,
    gathered_at string,
    status string,
    exit_status int,
    error string,
    report struct<
        host: struct<kind: string, instance_id: string, region: string, account_id: string>,
        agent: struct<version: string, running: boolean>,
        verdict: struct<outcome: string, path: string, cause: string, headline: string>,
        paths: array<struct<path: string, state: string, principal: struct<arn: string, role: string>, missing: array<string>>>,
        findings: array<struct<id: string, severity: string, owner: string, title: string>>
    >
)
ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'
LOCATION 's3://BUCKET/ssm-probe/'
