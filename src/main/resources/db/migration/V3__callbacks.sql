-- Results that are still to be posted to an address of the caller. Times are milliseconds since 1970 UTC.
CREATE TABLE callback (
    id         CHAR(36)     NOT NULL PRIMARY KEY,
    deployment VARCHAR(100) NOT NULL,
    created    BIGINT       NOT NULL,
    due        BIGINT       NOT NULL, -- next try; somebody who tries moves it on first
    tries      INTEGER      NOT NULL, -- begun so far
    content    BYTEA        NOT NULL  -- where and what; sealed when the operator has set an encryption key
);
CREATE INDEX callback_due ON callback (due);
