-- Whether the owner of a promise was told what owed understood of it.
ALTER TABLE obligation ADD COLUMN shown BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX promise_not_shown ON obligation (owner)
    WHERE kind = 'promise' AND state = 'open' AND NOT shown AND message_id IS NOT NULL;
