-- When a job was put right after its person was shown it.
ALTER TABLE job ADD COLUMN put_right_at BIGINT;
