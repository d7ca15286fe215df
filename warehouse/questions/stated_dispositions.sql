-- An advertiser's decisions that its closes have covered, counted by disposition.
-- advertiser: id of the account that pays
-- closed_day: its last stated day
-- purses: AGREEMENT/MONTH of each purse
-- verified: the sequence up to which each purse is verified, in the same order
SELECT
    disposition,
    count() AS conversions
FROM conversions FINAL
WHERE
    advertiser_id = %(advertiser)s
    AND day <= %(closed_day)s
    AND sequence <= transform(concat(agreement_id, '/', month), %(purses)s, %(verified)s, 0)
GROUP BY disposition
ORDER BY disposition
