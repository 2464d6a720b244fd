-- What the queries share.

-- n / d in whole units, ties to even; d is positive.
CREATE OR REPLACE TEMP MACRO half_even(n, d) AS (
    n // d + CASE WHEN 2 * abs(n % d) + abs(n // d % 2) > d THEN sign(n) ELSE 0 END
)::BIGINT;

-- A text in small letters, without spaces and punctuation.
CREATE OR REPLACE TEMP MACRO plain(said) AS
    regexp_replace(lower(coalesce(said, '')), '[ \t\r\n.,;:!?/_()*#-]+', '', 'g');

-- The versions of plans that count: the original one, and the one in force on the day.
CREATE OR REPLACE TEMP MACRO plan_version(today, first_seen_limit) AS TABLE
SELECT v.*, (origin = 'first_seen' AND approved.workdays_before + approved.is_working::INT
                 - begins.workdays_before - begins.is_working::INT > first_seen_limit) IS NOT TRUE AS is_reliable
FROM (
    SELECT *, plan_number = min(plan_number) OVER project AS is_original,
           plan_number = coalesce(max(plan_number) FILTER (approved_date <= today) OVER project,
                                  min(plan_number) OVER project) AS is_current,
           arg_min(approved_date, plan_number) OVER project AS first_approved
    FROM (SELECT project_id, plan_number, min(approved_date) AS approved_date, max(origin) AS origin,
                 min(start_date) AS start_date
          FROM core.plan_task GROUP BY ALL)
    WINDOW project AS (PARTITION BY project_id)
    QUALIFY is_original OR is_current
) v
LEFT JOIN core.work_calendar begins ON begins.day = start_date
LEFT JOIN core.work_calendar approved ON approved.day = approved_date;

-- The leaves with a budget in those versions, of projects whose plan in force has any.
CREATE OR REPLACE TEMP MACRO counted_work(today, first_seen_limit) AS TABLE
SELECT p.project_id, p.task_id, p.plan_number, p.start_date, p.due_date, budget_seconds, cost_rate_minor, currency,
       is_current, is_original, v.origin, is_reliable, first_approved
FROM core.plan_task p JOIN plan_version(today, first_seen_limit) v USING (project_id, plan_number)
LEFT JOIN core.task t USING (task_id)
WHERE NOT is_milestone AND budget_seconds > 0 AND t.has_children IS NOT TRUE
QUALIFY bool_or(is_current) OVER (PARTITION BY p.project_id);

-- The go-live and the close of each client's project, known on the day.
CREATE OR REPLACE TEMP MACRO project_lives(today, names) AS TABLE
SELECT project_id, account_id, opportunity_id, start_date,
       CASE WHEN bool_and(m.actual_finish_date <= today) THEN max(m.actual_finish_date) END AS milestone_date,
       CASE WHEN closed_date <= today THEN closed_date END AS closed_day
FROM core.project LEFT JOIN (
    SELECT project_id, coalesce(actual_finish_date, DATE '9999-01-01') AS actual_finish_date FROM core.task
    WHERE task_type = 'milestone' AND NOT is_archived
      AND list_contains(names, plain(name))
) m USING (project_id)
WHERE contract_type <> 'internal'
GROUP BY ALL;

-- The delivery of each deal: all its projects together.
CREATE OR REPLACE TEMP MACRO deliveries(today, names) AS TABLE
SELECT opportunity_id, count(*) AS project_count, min(start_date) FILTER (start_date <= today) AS started_date,
       min(coalesce(milestone_date, closed_day)) AS go_live_date,
       CASE WHEN count(*) = count(closed_day) THEN max(closed_day) END AS delivered_date
FROM project_lives(today, names) WHERE opportunity_id IS NOT NULL GROUP BY opportunity_id;

-- The tier that an annual value in minor units makes.
CREATE OR REPLACE TEMP MACRO tier_by(acv, mixed, high_touch, full_team) AS
    CASE WHEN acv IS NULL THEN 'unknown' WHEN acv < 100 * mixed THEN 'digital'
         WHEN acv < 100 * high_touch THEN 'mixed' WHEN acv < 100 * full_team THEN 'high_touch' ELSE 'full_team' END;

-- Each account's tier by what it pays at the end of the newest complete month.
CREATE OR REPLACE TEMP MACRO account_tiers(today, mixed, high_touch, full_team) AS TABLE
SELECT a.account_id, 12 * m.closing_minor AS acv_minor, tier_by(acv_minor, mixed, high_touch, full_team) AS tier
FROM core.account a
LEFT JOIN mart.mrr_account m ON m.account_id = a.account_id AND m.closing_minor > 0
 AND m.month = date_trunc('month', (today::DATE + 1) - INTERVAL 1 MONTH);

-- The deals that hand a customer over, with their month and tier.
CREATE OR REPLACE TEMP MACRO won_deals(today, since, types, mixed, high_touch, full_team) AS TABLE
SELECT opportunity_id, account_id, close_date, date_trunc('month', close_date)::DATE AS month,
       half_even(amount_minor * minor_rate_e8, 100000000) AS acv_minor,
       tier_by(acv_minor, mixed, high_touch, full_team) AS tier
FROM core.opportunity o
LEFT JOIN core.fx_rate r ON r.month = date_trunc('month', close_date) AND r.currency = o.currency
WHERE is_won AND list_contains(types, opportunity_type) AND close_date BETWEEN since AND today;

-- A text without spaces, case and punctuation.
CREATE OR REPLACE TEMP MACRO plain(said) AS regexp_replace(lower(coalesce(said, '')), '[ \t\r\n.,;:!?/_()*#-]+', '', 'g');

-- The ownerships that have begun, each with its team.
CREATE OR REPLACE TEMP MACRO team_members(today, sales, implementation, success) AS TABLE
SELECT * FROM (
    SELECT *, CASE WHEN list_contains(sales, plain(role)) THEN 'sales'
                   WHEN list_contains(implementation, plain(role)) THEN 'implementation'
                   WHEN list_contains(success, plain(role)) THEN 'customer_success' END AS team
    FROM core.ownership WHERE start_date <= today
) WHERE team IS NOT NULL;

-- Meetings held with a customer, and what the customer wrote.
CREATE OR REPLACE TEMP MACRO customer_contacts(today, outcomes) AS TABLE
SELECT 'meeting' AS kind, meeting_id AS contact_id, account_id, meeting_date AS contact_date
FROM core.meeting
WHERE meeting_date <= today AND (plain(outcome) = '' OR list_contains(outcomes, plain(outcome)))
  AND meeting_id IN (SELECT meeting_id FROM core.meeting_attendee WHERE is_customer AND NOT is_declined)
UNION ALL
SELECT 'message', message_id, account_id, sent_date
FROM core.message WHERE is_inbound AND NOT is_automated AND sent_date <= today;

-- The accounts after go-live.
CREATE OR REPLACE TEMP MACRO live_account(today, names) AS TABLE
SELECT account_id, min(coalesce(milestone_date, closed_day)) AS first_go_live_date,
       max(coalesce(milestone_date, closed_day)) AS go_live_date,
       account_id IN (SELECT account_id FROM mart.mrr_line
                      WHERE start_date <= today AND counted_until_date > today) AS is_customer
FROM project_lives(today, names) WHERE account_id IS NOT NULL GROUP BY account_id HAVING go_live_date IS NOT NULL;
