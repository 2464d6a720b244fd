-- What became of every hour for clients: one class per part of an entry.
WITH clients AS (
    SELECT * RENAME (currency AS project_currency) FROM core.project WHERE contract_type <> 'internal'
),

-- The time that counts, and what reverses it.
counted AS (
    SELECT e.*, abs(seconds) AS magnitude, CASE WHEN seconds < 0 THEN -1 ELSE 1 END AS sign,
           bill_rate_minor IS NOT NULL AND (bill_rate_minor <> 0 OR is_billable) AS is_stamped
    FROM core.time_entry e SEMI JOIN clients USING (project_id)
    WHERE work_date <= $as_of AND approval <> 'rejected'
),
reversal AS (
    SELECT r.entry_id, o.entry_id AS family_id, o.work_date AS basis_date, o.task_id, o.change_order_id, o.is_billable,
           o.non_billable_reason, o.approval, r.magnitude,
           o.seconds - sum(r.magnitude) OVER (
               PARTITION BY o.entry_id ORDER BY r.work_date, r.entry_id ROWS UNBOUNDED PRECEDING) AS start_seconds
    FROM counted r JOIN counted o ON o.entry_id = r.reverses_id AND o.project_id = r.project_id
    WHERE r.seconds < 0 AND r.approval = 'approved' AND o.seconds > 0
),
taken AS (SELECT family_id, sum(magnitude)::BIGINT AS reversed_seconds FROM reversal GROUP BY ALL),
entry AS (
    SELECT e.entry_id, e.project_id, e.role_id, e.work_date, date_trunc('month', e.work_date)::DATE AS month,
           e.magnitude, e.sign, r.family_id, r.start_seconds::BIGINT AS start_seconds,
           coalesce(reversed_seconds, 0) AS reversed_seconds,
           CASE WHEN is_stamped THEN e.bill_rate_minor END AS stamped_rate,
           CASE WHEN is_stamped THEN e.currency END AS stamped_currency,
           coalesce(r.basis_date, e.work_date) AS basis_date,
           if(r.family_id IS NULL, e.task_id, r.task_id) AS task_id,
           if(r.family_id IS NULL, e.change_order_id, r.change_order_id) AS change_order_id,
           if(r.family_id IS NULL, e.is_billable, r.is_billable) AS is_billable,
           if(r.family_id IS NULL, e.non_billable_reason, r.non_billable_reason) AS non_billable_reason,
           if(r.family_id IS NULL, e.approval, r.approval) AS approval
    FROM counted e LEFT JOIN reversal r USING (entry_id) LEFT JOIN taken t ON t.family_id = e.entry_id
),

-- What an hour is sold for: stamped, the contract's, the role's, the standard rate.
rate AS (
    SELECT project_id, role_id, bill_rate_minor AS rate, currency, effective_date AS from_date,
           lead(effective_date, 1, DATE 'infinity') OVER (
               PARTITION BY project_id, role_id ORDER BY effective_date) AS until_date
    FROM (FROM core.rate WHERE bill_rate_minor IS NOT NULL
          QUALIFY row_number() OVER (PARTITION BY project_id, role_id, effective_date ORDER BY rate_id DESC) = 1)
),
role_day AS (SELECT DISTINCT role_id, work_date FROM entry),
list_rate AS (
    SELECT d.role_id, d.work_date, coalesce(r.rate, s.rate) AS list_rate,
           coalesce(r.currency, s.currency) AS list_currency
    FROM role_day d
    LEFT JOIN (FROM rate WHERE project_id IS NULL) r
        ON r.role_id = d.role_id AND d.work_date >= r.from_date AND d.work_date < r.until_date
    LEFT JOIN (FROM rate WHERE project_id IS NULL AND role_id IS NULL) s
        ON d.work_date >= s.from_date AND d.work_date < s.until_date
),
valued AS (
    SELECT e.*, list_rate, coalesce(stamped_rate, pr.rate, p.rate, list_rate) AS rate,
           coalesce(stamped_currency, pr.currency, p.currency, list_currency) AS rate_currency,
           fx.minor_rate_e8 AS rate_fx, list_fx.minor_rate_e8 AS list_fx
    FROM entry e
    LEFT JOIN list_rate l ON l.work_date = e.work_date AND l.role_id IS NOT DISTINCT FROM e.role_id
    LEFT JOIN rate pr ON pr.project_id = e.project_id AND pr.role_id = e.role_id
        AND e.work_date >= pr.from_date AND e.work_date < pr.until_date
    LEFT JOIN (FROM rate WHERE role_id IS NULL) p ON p.project_id = e.project_id
        AND e.work_date >= p.from_date AND e.work_date < p.until_date
    LEFT JOIN core.fx_rate fx ON fx.month = e.month
        AND fx.currency = coalesce(stamped_currency, pr.currency, p.currency, list_currency)
    LEFT JOIN core.fx_rate list_fx ON list_fx.month = e.month AND list_fx.currency = list_currency
),

-- Was it sold? The plan in force on the day is the greatest number approved by then, before any the first.
version AS (SELECT project_id, plan_number, min(approved_date) AS day FROM core.plan_task GROUP BY ALL),
plan AS (
    SELECT project_id, max(plan_number) OVER past AS plan_number, day AS from_date,
           lead(day, 1, DATE 'infinity') OVER past AS until_date
    FROM version WINDOW past AS (PARTITION BY project_id ORDER BY day, plan_number)
    UNION ALL
    SELECT project_id, min(plan_number), DATE '-infinity', min(day) FROM version GROUP BY ALL
),
planned AS (SELECT DISTINCT project_id, plan_number, task_id FROM core.plan_task),
sold AS (
    SELECT v.*, c.account_id, c.contract_type, c.project_currency, c.cap_minor, c.budget_seconds, c.retainer_seconds,
           c.has_retainer_carry, c.retainer_window_months, coalesce(c.start_date, c.sow_start_date) AS begin_date,
           CASE WHEN v.change_order_id IS NOT NULL THEN NULL
                WHEN v.task_id IS NULL THEN 'no_task'
                WHEN p.plan_number IS NOT NULL AND t.task_id IS NULL THEN 'not_in_plan'
                WHEN basis_date > c.closed_date THEN 'after_close'
                WHEN basis_date < c.sow_start_date THEN 'before_sow'
                WHEN a.task_id IS NOT NULL THEN 'archived_task' END AS outside,
           CASE WHEN v.change_order_id IS NOT NULL THEN
                    CASE WHEN o.change_order_id IS NULL THEN 'change_unapproved'
                         WHEN o.pricing = 'fixed' THEN 'change_approved_fixed' ELSE 'change_approved_tm' END
                WHEN outside IS NOT NULL THEN 'out_of_scope'
                WHEN is_billable THEN 'in_scope'
                WHEN non_billable_reason = 'contractual' THEN 'contractual_non_billable'
                ELSE 'goodwill' END AS scope,
           CASE WHEN v.change_order_id IS NULL THEN coalesce(outside, if(p.plan_number IS NULL, 'no_plan', NULL)) END
               AS scope_reason
    FROM valued v JOIN clients c USING (project_id)
    LEFT JOIN plan p ON p.project_id = v.project_id AND basis_date >= p.from_date AND basis_date < p.until_date
    LEFT JOIN planned t
        ON t.project_id = v.project_id AND t.plan_number = p.plan_number AND t.task_id = v.task_id
    LEFT JOIN core.task a ON a.task_id = v.task_id AND a.is_archived
    LEFT JOIN core.change_order o
        ON o.change_order_id = v.change_order_id AND o.status = 'approved' AND o.approved_date <= $as_of
),

-- How much of it the contract pays for: fee hours, an amount, or a retainer's hours, in the order of days and ids.
uses AS (
    SELECT entry_id, project_id, work_date, contract_type, magnitude, cap_minor, budget_seconds,
           retainer_seconds AS monthly, greatest(magnitude - reversed_seconds, 0) AS kept, sign,
           year(work_date) * 12 + month(work_date) - 1 AS month_number,
           month_number - coalesce(year(begin_date) * 12 + month(begin_date) - 1, 0) AS since_start,
           if(has_retainer_carry AND retainer_window_months IS NOT NULL, retainer_window_months, 1) AS window_months,
           if(contract_type = 'retainer', floor(since_start / window_months)::BIGINT, 0) AS period,
           since_start - period * window_months AS months_before,
           CASE WHEN rate_currency = project_currency THEN rate
                ELSE half_even(rate * rate_fx, fx.minor_rate_e8) END AS cap_rate,
           sign * coalesce(if(contract_type = 'capped', half_even(kept * cap_rate, 3600), kept), 0) AS used
    FROM sold LEFT JOIN core.fx_rate fx ON fx.month = sold.month AND fx.currency = project_currency
    WHERE contract_type IN ('fixed_fee', 'capped', 'retainer')
      AND scope = 'in_scope' AND approval = 'approved' AND family_id IS NULL
),
running AS (
    SELECT *, sum(used) OVER (so_far ROWS UNBOUNDED PRECEDING) AS after, sum(used) OVER period AS in_all,
           sum(used) OVER (PARTITION BY project_id, period ORDER BY month_number
                           RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS earlier
    FROM uses
    WINDOW so_far AS (PARTITION BY project_id, period ORDER BY work_date, entry_id),
           period AS (PARTITION BY project_id, period)
),
limited AS (
    SELECT *, CASE contract_type WHEN 'fixed_fee' THEN budget_seconds WHEN 'capped' THEN cap_minor ELSE
               in_all - greatest(0, in_all
                   - monthly * least(year($as_of) * 12 + month($as_of) - month_number + months_before, window_months)
                   - min(coalesce(earlier, 0) - monthly * months_before) OVER (PARTITION BY project_id, period)) END
               AS most,
           least(after, most) - least(after - used, most) AS paid
    FROM running
),
allowance AS (
    SELECT entry_id,
           CASE WHEN contract_type = 'capped' THEN abs(paid) * 3600 // if(cap_rate > 0, cap_rate, 1)
                ELSE abs(paid) END::BIGINT AS fits_seconds
    FROM limited WHERE most IS NOT NULL AND paid <> used
),

-- What posted invoices bill of it.
line AS (
    SELECT l.*, half_even(amount_minor * fx.minor_rate_e8, 100000000) AS reporting_minor
    FROM core.invoice_line l LEFT JOIN core.fx_rate fx
        ON fx.month = date_trunc('month', posted_date)::DATE AND fx.currency = l.currency
    WHERE status = 'posted' AND posted_date <= $as_of AND line_type = 'time' AND entry_id IS NOT NULL
),
invoiced AS (
    SELECT entry_id, sum(amount_minor)::BIGINT AS amount_minor,
           CASE WHEN bool_and(reporting_minor IS NOT NULL) THEN sum(reporting_minor)::BIGINT END AS reporting_minor,
           CASE WHEN min(currency) = max(currency) THEN min(currency) END AS line_currency,
           coalesce(sum(seconds) FILTER (amount_minor <> 0), 0)::BIGINT AS priced_seconds,
           coalesce(sum(seconds) FILTER (amount_minor = 0), 0)::BIGINT AS free_seconds,
           count(*) FILTER (seconds IS NULL AND amount_minor > 0) AS priced_whole,
           count(*) FILTER (seconds IS NULL AND amount_minor = 0) AS free_whole
    FROM line GROUP BY entry_id
),
billed AS (
    SELECT s.*, coalesce(fits_seconds, magnitude) AS fits_seconds,
           if(contract_type = 'fixed_fee', 0, 1) AS free_counts,
           coalesce((priced_whole + free_counts * free_whole) * magnitude
                    + (priced_seconds + free_counts * free_seconds) * sign, 0) AS net_seconds,
           if(approval = 'approved', greatest(least(net_seconds, magnitude), 0), 0) AS billed_seconds,
           half_even(billed_seconds * rate, 3600) AS billed_worth,
           sign * CASE WHEN i.entry_id IS NULL THEN rate_fx - rate_fx
                       WHEN line_currency = rate_currency THEN amount_minor
                       ELSE half_even(reporting_minor * 100000000, rate_fx) END AS charged,
           CASE WHEN charged > billed_worth OR charged IS NULL THEN billed_worth
                ELSE greatest(charged, 0) END AS billed_minor,
           if(approval = 'approved', greatest(billed_seconds, coalesce(fits_seconds, magnitude)), magnitude)
               AS within_seconds
    FROM sold s LEFT JOIN allowance USING (entry_id) LEFT JOIN invoiced i USING (entry_id)
),
-- A reversal takes of each what its stretch of the original holds.
original AS (
    SELECT entry_id, billed_seconds, within_seconds, billed_worth, billed_minor
    FROM billed WHERE family_id IS NULL AND reversed_seconds > 0
),
placed AS (
    SELECT b.*, if(o.entry_id IS NULL, b.billed_seconds, greatest(0,
                    least(greatest(start_seconds + magnitude, 0), o.billed_seconds) - greatest(start_seconds, 0)))
               AS billed,
           if(o.entry_id IS NULL, b.within_seconds, magnitude - greatest(0,
                    greatest(start_seconds + magnitude, 0) - greatest(start_seconds, 0, o.within_seconds)))
               AS within,
           half_even(billed * rate, 3600) AS worth,
           if(o.entry_id IS NULL, b.billed_minor,
              half_even(worth * o.billed_minor, if(o.billed_worth > 0, o.billed_worth, 1))) AS charge
    FROM billed b LEFT JOIN original o ON o.entry_id = b.family_id
),

-- Its parts, valued by differences of running values.
measured AS (
    SELECT *, half_even(half_even(within * rate, 3600) * rate_fx, 100000000) AS within_minor,
           half_even(half_even(magnitude * rate, 3600) * rate_fx, 100000000) AS all_minor,
           half_even(worth * rate_fx, 100000000) AS worth_minor,
           half_even(charge * rate_fx, 100000000) AS charge_minor,
           half_even(half_even(billed * list_rate, 3600) * list_fx, 100000000) AS billed_list,
           half_even(half_even(within * list_rate, 3600) * list_fx, 100000000) AS within_list,
           half_even(half_even(magnitude * list_rate, 3600) * list_fx, 100000000) AS all_list
    FROM placed
),
part AS (
    SELECT *, 'billed' AS part, sign * billed AS seconds, sign * charge_minor AS gross_minor,
           sign * billed_list AS standard_minor
    FROM measured WHERE billed > 0
    UNION ALL
    SELECT *, 'write_down', 0, sign * (worth_minor - charge_minor), billed_list - billed_list
    FROM measured WHERE worth > charge
    UNION ALL
    SELECT *, 'within', sign * (within - billed), sign * (within_minor - worth_minor),
           sign * (within_list - billed_list)
    FROM measured WHERE within > billed OR magnitude = 0
    UNION ALL
    SELECT *, 'beyond', sign * (magnitude - within), sign * (all_minor - within_minor),
           sign * (all_list - within_list)
    FROM measured WHERE magnitude > within
),
classed AS (
    SELECT *, year(basis_date) * 12 + month(basis_date) - 1 AS month_number,
           month_number - coalesce(year(begin_date) * 12 + month(begin_date) - 1, 0) AS since_start,
           -- a retainer's excess may use the later months of its window
           contract_type = 'retainer' AND has_retainer_carry AND retainer_window_months > 1
               AND month_number - since_start + (floor(since_start / retainer_window_months)::BIGINT + 1)
                       * retainer_window_months
                   > year($as_of + 1) * 12 + month($as_of + 1) - 1 AS is_open,
           CASE WHEN part = 'billed' THEN 'BILLED'
                WHEN part = 'write_down' THEN 'L7'
                WHEN approval <> 'approved' THEN 'AT_RISK_UNAPPROVED'
                WHEN part = 'beyond' AND is_open THEN 'NOT_YET_DUE'
                WHEN part = 'beyond' THEN 'L3'
                WHEN scope = 'change_unapproved' THEN 'L1'
                WHEN scope = 'out_of_scope' THEN 'L2'
                WHEN scope = 'goodwill' THEN 'L4'
                WHEN scope = 'change_approved_fixed' THEN 'COVERED_BY_CO'
                WHEN scope = 'contractual_non_billable' THEN 'CONTRACTUAL_NON_BILLABLE'
                WHEN scope = 'in_scope' AND contract_type = 'fixed_fee' THEN 'COVERED_BY_FEE'
                WHEN scope = 'in_scope' AND contract_type = 'retainer' THEN 'COVERED_BY_RETAINER'
                WHEN basis_date < $as_of - $wip_days THEN 'L5'
                ELSE 'WIP' END AS leakage_class
    FROM part
),

-- What is owed without time: accepted fixed changes and milestones that are not invoiced in full.
accepted AS (
    SELECT change_order_id, NULL AS milestone_id, project_id, accepted_date AS work_date, amount_minor, currency,
           'change_order' AS line_type, 'change_approved_fixed' AS scope, 'L6' AS late
    FROM core.change_order WHERE status = 'approved' AND approved_date <= $as_of AND pricing = 'fixed'
    UNION ALL
    SELECT NULL, milestone_id, project_id, accepted_date, amount_minor, currency, 'milestone', 'in_scope', 'L8'
    FROM core.billing_milestone
),
owed AS (
    SELECT a.* REPLACE (a.amount_minor - coalesce(invoiced_minor, 0) AS amount_minor), account_id
    FROM (SELECT *, coalesce(change_order_id, milestone_id) AS id FROM accepted WHERE work_date <= $as_of) a
    JOIN clients USING (project_id)
    LEFT JOIN (
        SELECT line_type, if(line_type = 'milestone', l.milestone_id, l.change_order_id) AS id,
               sum(if(l.currency = a.currency, l.amount_minor, half_even(
                   half_even(l.amount_minor * fx.minor_rate_e8, 100000000) * 100000000, own.minor_rate_e8)))::BIGINT
                   AS invoiced_minor
        FROM core.invoice_line l
        JOIN accepted a USING (line_type)
        LEFT JOIN core.fx_rate fx
            ON fx.month = date_trunc('month', posted_date)::DATE AND fx.currency = l.currency
        LEFT JOIN core.fx_rate own
            ON own.month = date_trunc('month', posted_date)::DATE AND own.currency = a.currency
        WHERE l.status = 'posted' AND posted_date <= $as_of
          AND if(line_type = 'milestone', l.milestone_id, l.change_order_id)
              = if(line_type = 'milestone', a.milestone_id, a.change_order_id)
        GROUP BY ALL
    ) i USING (line_type, id)
    WHERE a.amount_minor - coalesce(invoiced_minor, 0) > 0 OR a.amount_minor IS NULL
),
every AS (
    SELECT entry_id || '/' || part AS part_id, entry_id, change_order_id, NULL AS milestone_id, project_id, account_id,
           work_date, month, seconds, scope, scope_reason, leakage_class, gross_minor,
           if(leakage_class IN ('L1', 'L2', 'L3', 'L4', 'L5', 'L7'), gross_minor, 0) AS leakage_minor, standard_minor,
           rate IS NULL OR rate_fx IS NULL AS is_rate_missing
    FROM classed
    UNION ALL BY NAME
    SELECT coalesce(change_order_id, milestone_id) || '/' || line_type AS part_id, NULL AS entry_id, change_order_id,
           milestone_id, project_id, account_id, work_date, date_trunc('month', work_date)::DATE AS month, 0 AS seconds,
           scope, NULL AS scope_reason, if(work_date < $as_of - $billing_days, late, 'NOT_YET_DUE') AS leakage_class,
           0 AS gross_minor,
           if(work_date < $as_of - $billing_days, half_even(amount_minor * minor_rate_e8, 100000000), 0)
               AS leakage_minor,
           NULL AS standard_minor, half_even(amount_minor * minor_rate_e8, 100000000) IS NULL AS is_rate_missing
    FROM owed LEFT JOIN core.fx_rate fx ON fx.month = date_trunc('month', work_date)::DATE AND fx.currency = owed.currency
)
SELECT *, CASE WHEN leakage_class IN ('BILLED', 'L7') THEN 'billed'
               WHEN leakage_class LIKE 'COVERED%' OR leakage_class = 'CONTRACTUAL_NON_BILLABLE' THEN 'covered'
               WHEN leakage_class IN ('AT_RISK_UNAPPROVED', 'NOT_YET_DUE') THEN 'not_due'
               ELSE 'unbilled' END AS settlement
FROM every
