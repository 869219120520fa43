-- Instants are microseconds since 1970 in UTC. Rows of `inbound` never change,
-- so that taking up a mail does not write its bytes a second time.

CREATE TABLE inbound (
    id        INTEGER PRIMARY KEY,
    position  TEXT UNIQUE,
    source    TEXT    NOT NULL,
    at        BIGINT  NOT NULL,
    envelope  TEXT    NOT NULL,
    proof     INTEGER NOT NULL,
    raw       BLOB    NOT NULL
);

CREATE TABLE pending (
    inbound   INTEGER PRIMARY KEY REFERENCES inbound (id),
    attempts  INTEGER NOT NULL DEFAULT 0
);

CREATE TABLE quarantine (
    inbound   INTEGER PRIMARY KEY REFERENCES inbound (id),
    at        BIGINT NOT NULL,
    reason    TEXT   NOT NULL
);

CREATE TABLE source_cursor (
    source    TEXT PRIMARY KEY,
    position  TEXT NOT NULL
);

CREATE TABLE cases (
    id              INTEGER PRIMARY KEY,
    version         BIGINT  NOT NULL,
    subject         TEXT    NOT NULL,
    subject_key     TEXT    NOT NULL,
    contact_name    TEXT    NOT NULL,
    contact_address TEXT    NOT NULL,
    internal        BOOLEAN NOT NULL,
    mailbox         TEXT    NOT NULL,
    side            TEXT    NOT NULL,
    answerer        TEXT,
    answered_at     BIGINT,
    opened_at       BIGINT  NOT NULL,
    last_at         BIGINT  NOT NULL,
    closed_at       BIGINT
);
CREATE INDEX cases_by_subject ON cases (subject_key, last_at);

CREATE TABLE obligation (
    case_row   INTEGER NOT NULL REFERENCES cases (id),
    seq        INTEGER NOT NULL,
    kind       TEXT    NOT NULL,
    message_id TEXT,
    owner      TEXT,
    since      BIGINT  NOT NULL,
    due        BIGINT  NOT NULL,
    because    TEXT    NOT NULL,
    rule       TEXT    NOT NULL,
    enforced   BOOLEAN NOT NULL,
    chases     INTEGER NOT NULL,
    told_rung  INTEGER,
    told_times INTEGER,
    told_at    BIGINT,
    state      TEXT    NOT NULL,
    ended_at   BIGINT,
    ended_by   TEXT,
    PRIMARY KEY (case_row, seq)
);
CREATE INDEX obligation_open ON obligation (due, case_row, seq) WHERE state = 'open';

CREATE TABLE message (
    id           INTEGER PRIMARY KEY,
    identity     BLOB    NOT NULL UNIQUE,
    inbound      INTEGER NOT NULL REFERENCES inbound (id),
    message_id   TEXT,
    case_row     INTEGER REFERENCES cases (id),
    at           BIGINT  NOT NULL,
    direction    TEXT    NOT NULL,
    kind         TEXT    NOT NULL,
    vouched      BOOLEAN NOT NULL,
    from_name    TEXT    NOT NULL,
    from_address TEXT    NOT NULL,
    recipients   TEXT    NOT NULL,
    subject      TEXT    NOT NULL,
    words        TEXT    NOT NULL,
    reason       TEXT    NOT NULL
);
CREATE INDEX message_of_case ON message (case_row, at);

-- Keyed by a short hash of the Message-ID: a text key makes batched inserts
-- three to five times slower.
CREATE TABLE thread (
    hash       BIGINT  NOT NULL,
    message_id TEXT    NOT NULL,
    message    INTEGER NOT NULL REFERENCES message (id),
    role       TEXT    NOT NULL
);
CREATE INDEX thread_by_hash ON thread (hash);

CREATE TABLE journal (
    id         INTEGER PRIMARY KEY,
    case_row   INTEGER REFERENCES cases (id),
    at         BIGINT NOT NULL,
    what       TEXT   NOT NULL,
    message_id TEXT,
    owner      TEXT,
    recipient  TEXT,
    due        BIGINT,
    rule       TEXT,
    reason     TEXT   NOT NULL
);
CREATE INDEX journal_of_case ON journal (case_row, id);

CREATE TABLE alarm (
    kind       TEXT    NOT NULL,
    subject    BIGINT  NOT NULL,
    due        BIGINT  NOT NULL,
    generation BIGINT  NOT NULL,
    PRIMARY KEY (kind, subject)
);
CREATE INDEX alarm_by_due ON alarm (kind, due);

-- A notice waits, unsealed, until it is claimed for sending; then it is moot or
-- part of one mail.
CREATE TABLE notice (
    id         INTEGER PRIMARY KEY,
    key        TEXT    NOT NULL UNIQUE,
    case_row   INTEGER NOT NULL REFERENCES cases (id),
    obligation INTEGER NOT NULL,
    rung       INTEGER NOT NULL,
    occurrence INTEGER NOT NULL,
    purpose    TEXT    NOT NULL,
    recipient  TEXT    NOT NULL,
    person     TEXT,
    at         BIGINT  NOT NULL,
    state      TEXT    NOT NULL,
    mail       INTEGER REFERENCES mail (id)
);
CREATE INDEX notice_waiting ON notice (id) WHERE state = 'waiting';
CREATE INDEX notice_of_case ON notice (case_row);
CREATE INDEX notice_of_mail ON notice (mail);

CREATE TABLE mail (
    id          INTEGER PRIMARY KEY,
    case_row    INTEGER REFERENCES cases (id),
    sender      TEXT    NOT NULL,
    recipient   TEXT    NOT NULL,
    message_id  TEXT    NOT NULL UNIQUE,
    bytes       BLOB    NOT NULL,
    made_at     BIGINT  NOT NULL,
    state       TEXT    NOT NULL,
    attempt     INTEGER NOT NULL,
    next_try    BIGINT  NOT NULL,
    holder      TEXT,
    fence       BIGINT  NOT NULL,
    lease_until BIGINT,
    ended_at    BIGINT,
    remark      TEXT    NOT NULL
);
CREATE INDEX mail_ready ON mail (next_try) WHERE state = 'ready';
CREATE INDEX mail_leased ON mail (lease_until) WHERE state IN ('leased', 'dot-sent');

CREATE TABLE keeping (
    name  TEXT PRIMARY KEY,
    value BLOB NOT NULL
);
