-- The hosts of which nothing is known, and why: never counted as good or bad.
SELECT
    host,
    coalesce(outcome, status) AS why,
    coalesce(error, headline) AS detail
FROM hosts
WHERE status <> 'reported' OR outcome = 'inconclusive'
ORDER BY why, host
