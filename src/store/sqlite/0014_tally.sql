-- How much there is of everything, counted as it changes: to look at it costs the same
-- however much there is. Messages are counted as they come, and stay counted.

CREATE TABLE tally (
    what   TEXT   NOT NULL,
    which  TEXT   NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (what, which)
) WITHOUT ROWID;

INSERT INTO tally SELECT 'case', 'open', COUNT(*) FROM cases WHERE closed_at IS NULL;
INSERT INTO tally SELECT 'owed', kind, COUNT(*) FROM obligation WHERE state = 'open' GROUP BY kind;
INSERT INTO tally SELECT 'mail', state, COUNT(*) FROM mail GROUP BY state;
INSERT INTO tally SELECT 'message', direction || ' ' || kind, COUNT(*) FROM message
    GROUP BY direction, kind;

CREATE TRIGGER case_opened AFTER INSERT ON cases WHEN NEW.closed_at IS NULL BEGIN
    INSERT INTO tally VALUES ('case', 'open', 1)
        ON CONFLICT (what, which) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER case_reopened AFTER UPDATE OF closed_at ON cases
    WHEN OLD.closed_at IS NOT NULL AND NEW.closed_at IS NULL BEGIN
    INSERT INTO tally VALUES ('case', 'open', 1)
        ON CONFLICT (what, which) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER case_closed AFTER UPDATE OF closed_at ON cases
    WHEN OLD.closed_at IS NULL AND NEW.closed_at IS NOT NULL BEGIN
    UPDATE tally SET number = number - 1 WHERE what = 'case' AND which = 'open';
END;
CREATE TRIGGER case_gone AFTER DELETE ON cases WHEN OLD.closed_at IS NULL BEGIN
    UPDATE tally SET number = number - 1 WHERE what = 'case' AND which = 'open';
END;

CREATE TRIGGER owed_more AFTER INSERT ON obligation WHEN NEW.state = 'open' BEGIN
    INSERT INTO tally VALUES ('owed', NEW.kind, 1)
        ON CONFLICT (what, which) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER owed_again AFTER UPDATE OF state ON obligation
    WHEN OLD.state <> 'open' AND NEW.state = 'open' BEGIN
    INSERT INTO tally VALUES ('owed', NEW.kind, 1)
        ON CONFLICT (what, which) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER owed_less AFTER UPDATE OF state ON obligation
    WHEN OLD.state = 'open' AND NEW.state <> 'open' BEGIN
    UPDATE tally SET number = number - 1 WHERE what = 'owed' AND which = OLD.kind;
END;
CREATE TRIGGER owed_gone AFTER DELETE ON obligation WHEN OLD.state = 'open' BEGIN
    UPDATE tally SET number = number - 1 WHERE what = 'owed' AND which = OLD.kind;
END;

CREATE TRIGGER mail_sealed AFTER INSERT ON mail BEGIN
    INSERT INTO tally VALUES ('mail', NEW.state, 1)
        ON CONFLICT (what, which) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER mail_moved AFTER UPDATE OF state ON mail WHEN OLD.state <> NEW.state BEGIN
    UPDATE tally SET number = number - 1 WHERE what = 'mail' AND which = OLD.state;
    INSERT INTO tally VALUES ('mail', NEW.state, 1)
        ON CONFLICT (what, which) DO UPDATE SET number = number + 1;
END;
CREATE TRIGGER mail_gone AFTER DELETE ON mail BEGIN
    UPDATE tally SET number = number - 1 WHERE what = 'mail' AND which = OLD.state;
END;

CREATE TRIGGER message_came AFTER INSERT ON message BEGIN
    INSERT INTO tally VALUES ('message', NEW.direction || ' ' || NEW.kind, 1)
        ON CONFLICT (what, which) DO UPDATE SET number = number + 1;
END;
