-- What waits for one reader, in the order in which it may be told: without it, all
-- that was ever told to them would be looked at.
DROP INDEX notice_of_reader;
CREATE INDEX notice_of_reader ON notice (recipient, not_before, id) WHERE state = 'waiting';
