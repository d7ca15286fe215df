-- Everything that is known of one touch.
-- touch: id of the touch
SELECT *
FROM touches FINAL
WHERE touch_id = %(touch)s
