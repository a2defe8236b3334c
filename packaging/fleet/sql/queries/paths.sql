-- Which hosts are on which path, and whether sessions work there.
SELECT
    coalesce(path, 'none') AS path,
    outcome,
    count(*) AS hosts,
    min(host) AS for_example
FROM hosts
WHERE status = 'reported'
GROUP BY coalesce(path, 'none'), outcome
ORDER BY hosts DESC, path, outcome
