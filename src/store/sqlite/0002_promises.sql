-- What a case knows of hand-overs and promises, and by which policy its due
-- times were given.
ALTER TABLE cases ADD COLUMN holder TEXT;
ALTER TABLE cases ADD COLUMN offer_to TEXT;
ALTER TABLE cases ADD COLUMN offer_by TEXT;
ALTER TABLE cases ADD COLUMN offer_at BIGINT;
ALTER TABLE cases ADD COLUMN epoch BIGINT NOT NULL DEFAULT 0;
CREATE INDEX cases_of_contact ON cases (contact_address, id);

ALTER TABLE obligation ADD COLUMN words TEXT;
ALTER TABLE obligation ADD COLUMN hastened_rung INTEGER;
ALTER TABLE obligation ADD COLUMN hastened_at BIGINT;
ALTER TABLE obligation ADD COLUMN broken BOOLEAN NOT NULL DEFAULT FALSE;

-- What rules may ask of a message, so that they can be asked again.
ALTER TABLE message ADD COLUMN channel TEXT NOT NULL DEFAULT 'email';
ALTER TABLE message ADD COLUMN language TEXT;
ALTER TABLE message ADD COLUMN complaint BOOLEAN NOT NULL DEFAULT FALSE;

-- What an alarm is of, where it is no case: a person, a schedule.
CREATE TABLE subject (
    id    INTEGER PRIMARY KEY,
    name  TEXT NOT NULL UNIQUE
);

-- Who is away, beside what the configuration says.
CREATE TABLE absence (
    id      INTEGER PRIMARY KEY,
    person  TEXT   NOT NULL,
    first   TEXT   NOT NULL,
    last    TEXT   NOT NULL,
    source  TEXT   NOT NULL,
    said_at BIGINT NOT NULL
);
CREATE INDEX absence_of_person ON absence (person, last);

-- A notice may be about no case: an evening, a schedule, an order by mail. It
-- waits until `not_before` for others to the same recipient; what fell due while
-- owed was down says from when to when that was.
ALTER TABLE notice RENAME TO notice_first;
CREATE TABLE notice (
    id         INTEGER PRIMARY KEY,
    key        TEXT    NOT NULL UNIQUE,
    case_row   INTEGER REFERENCES cases (id),
    obligation INTEGER NOT NULL,
    rung       INTEGER NOT NULL,
    occurrence INTEGER NOT NULL,
    purpose    TEXT    NOT NULL,
    subject    TEXT    NOT NULL,
    recipient  TEXT    NOT NULL,
    person     TEXT,
    at         BIGINT  NOT NULL,
    not_before BIGINT  NOT NULL,
    down_from  BIGINT,
    down_to    BIGINT,
    state      TEXT    NOT NULL,
    mail       INTEGER REFERENCES mail (id)
);
INSERT INTO notice SELECT id, key, case_row, obligation, rung, occurrence, purpose, '', recipient,
    person, at, at, NULL, NULL, state, mail FROM notice_first;
DROP TABLE notice_first;
CREATE INDEX notice_waiting ON notice (not_before, id) WHERE state = 'waiting';
CREATE INDEX notice_of_case ON notice (case_row);
CREATE INDEX notice_of_mail ON notice (mail);
CREATE INDEX notice_of_reader ON notice (recipient) WHERE state = 'waiting';

ALTER TABLE mail ADD COLUMN audience TEXT NOT NULL DEFAULT 'house';
CREATE INDEX mail_of_reader ON mail (recipient, made_at);

-- Nothing else finds the few alarms of no case among all of them.
CREATE INDEX alarm_of_no_case ON alarm (due) WHERE kind <> 'case';
