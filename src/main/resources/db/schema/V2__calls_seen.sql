-- What an operator sees: nothing that answers calls depends on any of it.

-- Calls that failed or were slow, for some days. life is JSON without any value of the caller; content is what was sent and
-- answered, sealed, where the operator wants that.
CREATE TABLE seen (
    position    ${counted},                          -- order of writing
    request_id  VARCHAR(36)  NOT NULL UNIQUE,
    callers_id  VARCHAR(100),                        -- the caller's own id of the call
    at          BIGINT       NOT NULL,
    integration VARCHAR(100) NOT NULL,
    operation   VARCHAR(200) NOT NULL,
    deployment  VARCHAR(100) NOT NULL,
    status      INTEGER      NOT NULL,               -- 0 = the caller went away
    millis      INTEGER      NOT NULL,
    application BIGINT       NOT NULL,               -- of the caller's key; 0 = not known
    key_hash    VARCHAR(64)  NOT NULL,               -- SHA-256 of the caller's key
    claim       VARCHAR(64),                         -- id of its answer
    life        ${bytes}     NOT NULL,
    content     ${bytes}
);
CREATE INDEX seen_at ON seen (at);
CREATE INDEX seen_callers_id ON seen (callers_id) WHERE callers_id IS NOT NULL;
CREATE INDEX seen_claim ON seen (claim) WHERE claim IS NOT NULL;

-- By which values such a call can be found again: salted hashes of its texts.
CREATE TABLE seen_value (
    hash       VARCHAR(12) NOT NULL,
    request_id VARCHAR(36) NOT NULL REFERENCES seen (request_id) ON DELETE CASCADE,
    PRIMARY KEY (hash, request_id)
);
CREATE INDEX seen_value_call ON seen_value (request_id);

-- Drawn once for all gateways of this store.
CREATE TABLE drawn (
    name    VARCHAR(40) NOT NULL PRIMARY KEY,
    content ${bytes}    NOT NULL
);

-- What operators decided, who and why.
CREATE TABLE decision (
    position   ${counted},
    at         BIGINT       NOT NULL,
    who        VARCHAR(100) NOT NULL,
    why        VARCHAR(500) NOT NULL,
    decision   VARCHAR(40)  NOT NULL,                -- such as parked/free
    about      VARCHAR(200) NOT NULL                 -- an id, or a filter and how many it took
);
