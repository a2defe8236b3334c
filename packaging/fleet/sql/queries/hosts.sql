-- Every host in one line.
SELECT host, status, coalesce(path, '-') AS path, coalesce(outcome, '-') AS outcome, coalesce(cause, '-') AS cause
FROM hosts
ORDER BY host
