-- On which day somebody was here again before their absence was over.
ALTER TABLE absence ADD COLUMN ended_on TEXT;

-- What somebody owes, for when they leave or come back; and the cases that have
-- to be looked at again because somebody did.
CREATE INDEX obligation_of_owner ON obligation (owner, case_row) WHERE state = 'open';
CREATE INDEX cases_stale ON cases (id) WHERE epoch = -1;

-- How something came, where that was no mail.
ALTER TABLE inbound ADD COLUMN channel TEXT NOT NULL DEFAULT 'email';
