-- What the queries share.

-- n / d in whole units, ties to even; d is positive.
CREATE OR REPLACE TEMP MACRO half_even(n, d) AS (
    n // d + CASE WHEN 2 * abs(n % d) + abs(n // d % 2) > d THEN sign(n) ELSE 0 END
)::BIGINT;
