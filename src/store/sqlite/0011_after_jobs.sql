-- What a morning tells of check-ins.
CREATE INDEX journal_of_check_ins ON journal (at)
    WHERE what IN ('check-in', 'check-in-ok', 'check-in-not-ok', 'check-in-over');
