-- Which action is missing where, on the path that the host is on.
SELECT
    action,
    account_id,
    role,
    path,
    count(DISTINCT host) AS hosts,
    min(host) AS for_example
FROM missing_actions
WHERE state = 'active'
GROUP BY action, account_id, role, path
ORDER BY hosts DESC, action, account_id, role
