-- Which facts of a call (answered_at, connected_seconds) a leg has filled: an event of the call itself replaces them,
-- whichever of the two comes first.
alter table call add column leg_facts text[];
