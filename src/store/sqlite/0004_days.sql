-- What an evening or a morning looks for: what its reader was told lately, what
-- people decided since, and what was filed.
CREATE INDEX notice_told ON notice (recipient, at);
CREATE INDEX journal_of_digest ON journal (at)
    WHERE what IN ('dismissed', 'chased', 'corrected');
CREATE INDEX message_filed ON message (at) WHERE case_row IS NULL;
