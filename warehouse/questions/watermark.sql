-- Up to which instant all conversions are loaded; NULL while a partition has sent no mark yet.
-- partitions: how many partitions `candidates` has
-- stage = 'conversions': whose marks
SELECT
    if(uniqExact(partition) = %(partitions)s, min(watermark), NULL) AS watermark,
    arraySort(groupUniqArray(partition)) AS heard
FROM pipeline_progress FINAL
WHERE stage = %(stage)s AND partition < %(partitions)s
