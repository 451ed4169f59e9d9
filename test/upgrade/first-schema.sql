-- A database as the first released schema (0001) had it, with a row of every kind.
insert into account (account_id, name, time_zone, default_country, twilio_auth_token, created_at, updated_at) values
  ('01990000-0000-7000-8000-000000000001', 'Acme', 'America/New_York', 'US', 'twilio', '2026-01-01', '2026-01-01');
insert into api_token values (sha256('test-admin-token-0001'), '01990000-0000-7000-8000-000000000001', 'owner', '2026-01-01');
insert into incoming_webhook (account_id, webhook_id, name, type, match_window_hours, match_rule, created_at, updated_at) values
  ('01990000-0000-7000-8000-000000000001', '01990000-0000-7000-8000-00000000000a', 'CRM', 'update_fields', 168, 'latest', '2026-01-01', '2026-01-01');
insert into auth_key values (sha256('rbk_old'), '01990000-0000-7000-8000-000000000001', '01990000-0000-7000-8000-00000000000a', '2026-01-01');
insert into call (account_id, call_log_id, state, phone_number, started_at, ended_at, campaign, publisher, buyer, converted,
    call_converted_at, revenue_paid_out, publisher_paid_out, reason, no_payout_reason, tags, created_at, updated_at) values
  ('01990000-0000-7000-8000-000000000001', 'done', 'completed', '+12135550142', '2026-01-02', '2026-01-02', 'Roofing', 'Northwind', 'Acme',
    true, '2026-01-02', 12.3456, 8, 'sold', 'Caps exceeded', '{"deal":"won"}', '2026-01-02', '2026-01-02'),
  ('01990000-0000-7000-8000-000000000001', 'live', 'live', '+12135550143', now(), null, null, null, null,
    false, null, null, null, null, null, '{}', now(), now());
insert into call_event values
  ('01990000-0000-7000-8000-000000000001', '01990000-0000-7000-8000-0000000000e1', 'done', '2026-01-02', 'created', 'owner', '{}');
insert into postback (account_id, postback_id, webhook_id, received_at, applied_at, first_status, status, code, call_log_id,
    matched_by, candidates, transaction_id, is_dry_run, source_ip, request, update, changes) values
  ('01990000-0000-7000-8000-000000000001', '01990000-0000-7000-8000-0000000000b1', '01990000-0000-7000-8000-00000000000a', '2026-01-02', '2026-01-02',
    'applied', 'applied', null, 'done', 'call_log_id', 1, 'order-77', false, '203.0.113.7',
    '{"method":"POST","query":{},"headers":{},"body":{"reason":"sold"}}', '{"reason":"sold"}',
    '{"reason":{"from":null,"to":"sold"}}'),
  ('01990000-0000-7000-8000-000000000001', '01990000-0000-7000-8000-0000000000b2', '01990000-0000-7000-8000-00000000000a', '2026-01-03', null,
    'queued', 'queued', null, 'live', 'call_log_id', 1, null, false, '203.0.113.7',
    '{"method":"GET","query":{},"headers":{},"body":null}', '{"revenue_paid_out":"7.00","reason":"first"}', null),
  ('01990000-0000-7000-8000-000000000001', '01990000-0000-7000-8000-0000000000b3', '01990000-0000-7000-8000-00000000000a', '2026-01-03', null,
    'queued', 'queued', null, 'live', 'call_log_id', 1, null, false, '203.0.113.7',
    '{"method":"GET","query":{},"headers":{},"body":null}', '{"reason":"second"}', null),
  ('01990000-0000-7000-8000-000000000001', '01990000-0000-7000-8000-0000000000b4', '01990000-0000-7000-8000-00000000000a', '2026-01-03', null,
    'rejected', 'rejected', 'call_not_found', null, 'call_log_id', 0, null, false, '203.0.113.7',
    '{"method":"GET","query":{},"headers":{},"body":null}', '{}', null);
