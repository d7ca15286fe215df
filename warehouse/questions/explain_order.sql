-- The conversions of an order id, whoever they were counted for.
-- order: the order id as the site gave it
SELECT DISTINCT conversion_id
FROM conversions
WHERE `order` = %(order)s
ORDER BY conversion_id
LIMIT 100
