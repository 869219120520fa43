-- How requests of programs were answered, by the key that they gave them, so that one
-- that comes twice is done once.
CREATE TABLE request (
    source TEXT   NOT NULL,
    key    TEXT   NOT NULL,
    digest BLOB   NOT NULL,
    answer TEXT   NOT NULL,
    at     BIGINT NOT NULL,
    PRIMARY KEY (source, key)
);
CREATE INDEX request_by_age ON request (at);
