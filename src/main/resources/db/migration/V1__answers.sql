-- One row per key that a partner's call was claimed under. Times are milliseconds since 1970 UTC.
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
    code         VARCHAR(100),                      -- literal coupon code, drawn before it is sent
    request      BYTEA,                             -- what was sent with the code
    outcome      BYTEA,                             -- Talon.One's answer, kept when the partner's could not be made
    status       INTEGER,
    content_type VARCHAR(100),
    body         BYTEA
);
CREATE INDEX answer_slots ON answer (slots);
CREATE INDEX answer_expires ON answer (expires);
CREATE INDEX answer_unfinished ON answer (state, lease_until);

-- Whom a partner key stood for when it was first used; keeps stored keys valid when Talon.One stops telling.
CREATE TABLE principal (
    deployment VARCHAR(100) NOT NULL,
    key_hash   CHAR(64)     NOT NULL,
    principal  VARCHAR(100) NOT NULL,
    PRIMARY KEY (deployment, key_hash)
);
