-- What people of ours said of a sender against the judgement: an address, or an
-- @ and a domain.
CREATE TABLE exception (
    id      INTEGER PRIMARY KEY,
    sender  TEXT    NOT NULL UNIQUE,
    needed  BOOLEAN NOT NULL,
    reason  TEXT    NOT NULL,
    by_whom TEXT    NOT NULL,
    at      BIGINT  NOT NULL
);
