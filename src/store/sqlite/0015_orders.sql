-- The cases that a mail about several tells of, by their rows: an answer to it may be
-- about each of them, and about no other.
ALTER TABLE mail ADD COLUMN cases TEXT NOT NULL DEFAULT '';
-- Mails that may have arrived wait here for a person.
CREATE INDEX mail_held ON mail (id) WHERE state = 'held';
-- The case in which a case that was made one with it goes on.
ALTER TABLE cases ADD COLUMN goes_on_in INTEGER REFERENCES cases (id);
