-- Which mailbox an obligation is of, on its own row: so what somebody owes in one of
-- them is found by an index, whatever else is owed.
ALTER TABLE obligation ADD COLUMN mailbox TEXT NOT NULL DEFAULT '';
UPDATE obligation SET mailbox = (SELECT mailbox FROM cases WHERE cases.id = case_row);
CREATE INDEX obligation_of_desk ON obligation (COALESCE(owner, ''), mailbox, due)
    WHERE state = 'open' AND enforced;

-- A mail whose signature could not be checked waits so long for the DNS.
ALTER TABLE pending ADD COLUMN not_before BIGINT;
ALTER TABLE pending ADD COLUMN looks INTEGER NOT NULL DEFAULT 0;

-- What an evening and a morning look for: the last one of its kind, what needed no
-- answer within a case, and what could not be read.
CREATE INDEX notice_of_occasion ON notice (recipient, purpose, subject, at)
    WHERE case_row IS NULL;
CREATE INDEX journal_of_filed ON journal (at) WHERE what = 'ignored' AND case_row IS NOT NULL;
CREATE INDEX quarantine_by_time ON quarantine (at);
