-- One row per key that a partner's call was claimed under. Times are milliseconds since 1970 UTC.
-- request, outcome and body are sealed when the operator has set an encryption key.
CREATE TABLE answer (
    id           CHAR(64)     NOT NULL PRIMARY KEY, -- SHA-256 of the key tuple
    slots        CHAR(64),                          -- the tuple without its recipient, for lookups by identifier
    bound        BOOLEAN      NOT NULL,             -- whether a recipient is part of the key
    deployment   VARCHAR(100) NOT NULL,
    operation    VARCHAR(200) NOT NULL,
    state        VARCHAR(8)   NOT NULL,             -- CLAIMED, SENT, SETTLED or DONE
    owner        CHAR(36)     NOT NULL,             -- who works on it; a new value at every takeover
    lease_until  BIGINT       NOT NULL,
    created      BIGINT       NOT NULL,
    expires      BIGINT       NOT NULL,
    sent         BIGINT,                            -- last time something was sent for it
    request      BYTEA,                             -- what was sent, written before it is
    outcome      BYTEA,                             -- Talon.One's answer, kept when the partner's could not be made
    result       VARCHAR(100),                      -- what Talon.One made for it, as <operation>:<id>:<created>
    parked       VARCHAR(500),                      -- why an operator has to decide
    status       INTEGER,
    content_type VARCHAR(100),
    body         BYTEA
);
CREATE INDEX answer_slots ON answer (slots);
CREATE INDEX answer_expires ON answer (expires);
CREATE INDEX answer_unfinished ON answer (state, lease_until);
CREATE INDEX answer_result ON answer (result);
CREATE INDEX answer_parked ON answer (parked);

-- What happened to rows that did not go straight from claim to answer.
CREATE TABLE history (
    answer_id CHAR(64)     NOT NULL,
    at        BIGINT       NOT NULL,
    event     VARCHAR(500) NOT NULL
);
CREATE INDEX history_answer ON history (answer_id);

-- Whom a partner key stood for when it was first used; keeps stored keys valid when Talon.One stops telling.
CREATE TABLE principal (
    deployment VARCHAR(100) NOT NULL,
    key_hash   CHAR(64)     NOT NULL,
    principal  VARCHAR(100) NOT NULL,
    PRIMARY KEY (deployment, key_hash)
);
