-- The first causes by account and Region: mend the top line first.
SELECT
    cause,
    account_id,
    region,
    count(*) AS hosts,
    min(host) AS for_example
FROM hosts
WHERE status = 'reported' AND cause IS NOT NULL
GROUP BY cause, account_id, region
ORDER BY hosts DESC, cause, account_id, region
