-- What gateways on one database share while calls run. Times are the database's, in milliseconds since 1970 UTC.

-- Calls that a Management endpoint takes in a second: a row each.
CREATE TABLE allowance (
    endpoint     VARCHAR(300) NOT NULL, -- deployment and operation
    number       INTEGER      NOT NULL, -- 0 to calls a second - 1
    holder       VARCHAR(36),           -- the call that took it last
    taken_at     BIGINT       NOT NULL,
    counts_until BIGINT       NOT NULL, -- free from then on
    PRIMARY KEY (endpoint, number)
);

-- Who writes a profile or a session at the moment.
CREATE TABLE lease (
    id      VARCHAR(64) NOT NULL PRIMARY KEY, -- SHA-256 of deployment, kind and id
    holder  VARCHAR(36) NOT NULL,             -- the gateway
    ends_at BIGINT      NOT NULL              -- another may take it from then on
);
CREATE INDEX lease_ends_at ON lease (ends_at);
