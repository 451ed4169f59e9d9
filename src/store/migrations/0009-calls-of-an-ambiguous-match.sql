-- The calls that a refused postback's number matched (ambiguous_call), as its sender was told them.
alter table postback add column call_log_ids json;
