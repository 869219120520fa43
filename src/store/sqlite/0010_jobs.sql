-- Jobs that were done, each with where its check-in stands; `done_by` has a number a
-- line, `at` is the moment of `stage`.
CREATE TABLE job (
    case_row  INTEGER NOT NULL REFERENCES cases (id),
    seq       INTEGER NOT NULL,
    title     TEXT    NOT NULL,
    done_by   TEXT    NOT NULL,
    closed_at BIGINT  NOT NULL,
    source    TEXT,
    reference TEXT,
    stage     TEXT    NOT NULL,
    at        BIGINT  NOT NULL,
    ending    TEXT,
    by_person TEXT,
    standing  BOOLEAN NOT NULL,
    words     TEXT,
    asked     INTEGER NOT NULL,
    asked_at  BIGINT,
    PRIMARY KEY (case_row, seq)
);
CREATE UNIQUE INDEX job_by_reference ON job (source, reference) WHERE reference IS NOT NULL;
CREATE INDEX job_live ON job (case_row) WHERE stage <> 'over';

-- What is known of an address outside: who wants no more check-ins, and where mail
-- comes back from.
CREATE TABLE contact (
    address      TEXT PRIMARY KEY,
    opted_out_at BIGINT,
    bounced_at   BIGINT
);

-- Who of us agreed that all their check-ins go by themselves, and when.
CREATE TABLE consent (
    person TEXT PRIMARY KEY,
    at     BIGINT NOT NULL
);

-- What contacts answered to the questions behind a check-in.
CREATE TABLE survey (
    case_row INTEGER NOT NULL REFERENCES cases (id),
    job      INTEGER NOT NULL,
    question TEXT    NOT NULL,
    answer   TEXT    NOT NULL,
    at       BIGINT  NOT NULL,
    PRIMARY KEY (case_row, job, question)
);
