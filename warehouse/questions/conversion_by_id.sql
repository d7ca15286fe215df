-- Everything that is known of one conversion.
-- conversion: id of the conversion
SELECT *
FROM conversions FINAL
WHERE conversion_id = %(conversion)s
