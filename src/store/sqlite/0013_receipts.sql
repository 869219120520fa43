-- By when a contact was told that they hear of us: nothing is due later than that.
ALTER TABLE obligation ADD COLUMN said BIGINT;
