-- When the sweeper looks at an unfinished row again: every gateway keeps to it, also after a restart.
ALTER TABLE answer ADD COLUMN look_at BIGINT DEFAULT 0 NOT NULL;
CREATE INDEX answer_look_at ON answer (state, look_at);

-- What Talon.One made once is the answer of one key, and never of two.
ALTER TABLE answer ADD COLUMN made VARCHAR(100);
CREATE UNIQUE INDEX answer_made ON answer (deployment, made);
