-- One schema for SQLite and PostgreSQL. Times are milliseconds since 1970 UTC, yes and no are 1 and 0. What the two spell
-- differently is a placeholder. Rows that are rare have narrow indexes of their own: no statement goes over a whole table.

-- One row per key that a partner's call was claimed under; its life is drawn in docs/reliability.md. All times are this
-- database's clock, taken inside the statement. request, outcome and body are sealed when the operator has set an
-- encryption key, each bound to its row and column.
CREATE TABLE answer (
    id           VARCHAR(64)  NOT NULL PRIMARY KEY,  -- SHA-256 of the key tuple
    slots        VARCHAR(64),                        -- the tuple without its recipient, for lookups by identifier
    content      VARCHAR(64),                        -- SHA-256 of what a repeat must say as well, if it must
    bound        INTEGER      NOT NULL,              -- whether a recipient is part of the key
    deployment   VARCHAR(100) NOT NULL,
    operation    VARCHAR(200) NOT NULL,
    state        VARCHAR(8)   NOT NULL,
    origin       VARCHAR(16)  NOT NULL,              -- drawn with the row: a key that is claimed again has another one
    owner        VARCHAR(36)  NOT NULL,              -- who works on it; a new value at every takeover
    lease_until  BIGINT       NOT NULL,              -- until then nobody else may; equal to sent: its owner has let go of it
    created      BIGINT       NOT NULL,
    expires      BIGINT       NOT NULL,
    look_at      BIGINT       NOT NULL,              -- when the sweeper looks at it, if its outcome is not known
    sent         BIGINT,                             -- last time something was, or may have been, sent for it
    request      ${bytes},                           -- what is sent, written before it is
    outcome      ${bytes},                           -- what Talon.One answered, kept for the partner's answer
    result       VARCHAR(100) ${binary},             -- what Talon.One made for it, as <operation>:<id>:<created>
    made         VARCHAR(100),                       -- the same, where Talon.One gave an id: the answer of one key only
    campaign     VARCHAR(100),                       -- of a coupon that waits for a file: <application>/<campaign>
    party        VARCHAR(64),                        -- whose call it is: parties are served in turn
    home         VARCHAR(36),                        -- gateway where its caller waits
    ready_at     BIGINT,                             -- since when it waits
    reason       VARCHAR(500),                       -- why an operator has to decide
    parked_from  VARCHAR(8),                         -- state that it was in before
    status       INTEGER,
    content_type VARCHAR(100),
    body         ${bytes},
    CONSTRAINT answer_state CHECK (state IN
        ('CLAIMED', 'READY', 'SENT', 'AGAIN', 'REFUSED', 'SETTLED', 'ANSWERED', 'PARKED')),
    CONSTRAINT answer_parked CHECK ((state = 'PARKED') = (parked_from IS NOT NULL)
        AND (state = 'PARKED') = (reason IS NOT NULL) AND (parked_from IS NULL OR parked_from <> 'PARKED')),
    -- What is parked keeps all that its state before has.
    CONSTRAINT answer_claimed CHECK (COALESCE(parked_from, state) <> 'CLAIMED'
        OR sent IS NULL AND outcome IS NULL AND body IS NULL),
    CONSTRAINT answer_waiting CHECK (COALESCE(parked_from, state) NOT IN ('READY', 'AGAIN')
        OR request IS NOT NULL AND campaign IS NOT NULL AND party IS NOT NULL AND home IS NOT NULL
            AND ready_at IS NOT NULL AND outcome IS NULL AND body IS NULL),
    CONSTRAINT answer_ready CHECK (COALESCE(parked_from, state) <> 'READY' OR sent IS NULL),
    CONSTRAINT answer_sent CHECK (COALESCE(parked_from, state) NOT IN ('SENT', 'AGAIN')
        OR request IS NOT NULL AND sent IS NOT NULL AND outcome IS NULL AND body IS NULL),
    CONSTRAINT answer_told CHECK (COALESCE(parked_from, state) NOT IN ('REFUSED', 'SETTLED')
        OR outcome IS NOT NULL AND body IS NULL),
    CONSTRAINT answer_answered CHECK (COALESCE(parked_from, state) <> 'ANSWERED'
        OR status BETWEEN 200 AND 299 AND content_type IS NOT NULL AND body IS NOT NULL
            AND request IS NULL AND outcome IS NULL)
);
-- Statements repeat an index's condition word by word: SQLite concludes nothing.
CREATE INDEX answer_slots ON answer (slots) WHERE slots IS NOT NULL;
CREATE INDEX answer_expires ON answer (expires) WHERE state IN ('SETTLED', 'ANSWERED');
CREATE INDEX answer_held ON answer (lease_until) WHERE state IN ('CLAIMED', 'READY', 'REFUSED');
CREATE INDEX answer_unknown ON answer (look_at) WHERE state IN ('SENT', 'AGAIN');
CREATE INDEX answer_waiting ON answer (deployment, campaign, party, ready_at) WHERE state IN ('READY', 'AGAIN');
CREATE INDEX answer_told ON answer (home) WHERE state IN ('REFUSED', 'SETTLED');
CREATE INDEX answer_parked ON answer (created) WHERE state = 'PARKED';
CREATE INDEX answer_result ON answer (deployment, result) WHERE result IS NOT NULL;
CREATE UNIQUE INDEX answer_made ON answer (deployment, made) WHERE made IS NOT NULL;

-- What happened to rows that did not go straight from claim to answer. It goes with its row.
CREATE TABLE history (
    answer_id VARCHAR(64)  NOT NULL REFERENCES answer (id) ON DELETE CASCADE,
    at        BIGINT       NOT NULL,
    event     VARCHAR(500) NOT NULL
);
CREATE INDEX history_answer ON history (answer_id);

-- Whom a partner key stood for when it was first used; keeps stored keys valid when Talon.One stops telling.
CREATE TABLE principal (
    deployment VARCHAR(100) NOT NULL,
    key_hash   VARCHAR(64)  NOT NULL,
    principal  VARCHAR(100) NOT NULL,
    PRIMARY KEY (deployment, key_hash)
);

-- Talon.One's ids of audiences by their ids at partners: those that the gateway has created or looked up. 0 = it is gone;
-- the id is still the partner's own, and is not taken for one of Talon.One's.
CREATE TABLE audience (
    id          VARCHAR(64)  NOT NULL PRIMARY KEY,   -- SHA-256 of deployment, integration and the id there
    deployment  VARCHAR(100) NOT NULL,
    audience_id BIGINT       NOT NULL
);
CREATE INDEX audience_talon_one ON audience (deployment, audience_id);

-- Results that are still to be posted to an address of the caller, and those that no receiver took.
CREATE TABLE callback (
    id         VARCHAR(36)  NOT NULL PRIMARY KEY,
    deployment VARCHAR(100) NOT NULL,
    receiver   VARCHAR(300) NOT NULL,                -- scheme, host and port
    created    BIGINT       NOT NULL,
    due        BIGINT       NOT NULL,                -- next try; who tries moves it on first. Given up: when it is forgotten
    tries      INTEGER      NOT NULL,                -- begun so far
    state      VARCHAR(8)   NOT NULL CHECK (state IN ('DUE', 'GIVEN_UP')),
    reason     VARCHAR(200) NOT NULL,                -- why the last try failed
    content    ${bytes}     NOT NULL                 -- where and what, sealed
);
CREATE INDEX callback_due ON callback (deployment, receiver, due) WHERE state = 'DUE';
CREATE INDEX callback_given_up ON callback (due) WHERE state = 'GIVEN_UP';

-- The key that seals what is never stored as it is, where the operator has given none.
CREATE TABLE made_key (
    id    INTEGER     NOT NULL PRIMARY KEY CHECK (id = 1),
    value VARCHAR(44) NOT NULL
);

-- Partitions of the queue's topic. Whoever acts for one names its epoch; a new one is a new owner's.
CREATE TABLE lane (
    id         VARCHAR(255) NOT NULL PRIMARY KEY,    -- <topic>-<partition>
    topic      VARCHAR(200) NOT NULL,                -- Kafka's id of the topic: one that was made anew has another
    base       BIGINT       NOT NULL,                -- place of offset 0: places go on when a topic begins anew
    done       BIGINT       NOT NULL,                -- letters before this place stand in table letter
    epoch      BIGINT       NOT NULL,
    busy_until BIGINT       NOT NULL                 -- until then its owner may be sending something
);

-- Queued calls that have come out of the topic, a row for each from then until it is forgotten.
CREATE TABLE letter (
    id            VARCHAR(64)  NOT NULL PRIMARY KEY, -- request id
    lane          VARCHAR(255) NOT NULL,
    place         BIGINT       NOT NULL,             -- of its record: the order within its line; 0 = it has none
    line          VARCHAR(64)  NOT NULL,             -- SHA-256 of what stays in order
    operation     VARCHAR(200) NOT NULL,
    deployment    VARCHAR(100) NOT NULL,
    trace         VARCHAR(100),                      -- traceparent of the partner's call
    state         VARCHAR(9)   NOT NULL
        CHECK (state IN ('NEXT', 'BEHIND', 'DONE', 'DEAD', 'RECALLED', 'GIVEN_UP', 'WITHDRAWN')),
    at            BIGINT       NOT NULL,             -- since when in this state
    accepted      BIGINT       NOT NULL,
    due           BIGINT       NOT NULL,             -- when it is tried (NEXT); when it is forgotten (what has ended)
    tries         INTEGER      NOT NULL,             -- how often Talon.One was asked in vain
    rounds        INTEGER      NOT NULL,             -- how often it was postponed
    refused_since BIGINT       NOT NULL,             -- since when Talon.One does not accept its key; 0 = it does
    reason        VARCHAR(20)  NOT NULL,             -- status of the last try
    unknown       INTEGER      NOT NULL,             -- whether that may have done something
    renewed       INTEGER      NOT NULL,             -- how often it was put back after a refusal
    error         ${bytes},                          -- text of the last try, sealed
    content       ${bytes},                          -- the call, sealed
    CHECK ((content IS NULL) = (state IN ('DONE', 'GIVEN_UP', 'WITHDRAWN')))
);
CREATE INDEX letter_next ON letter (lane, deployment, due) WHERE state = 'NEXT';
CREATE INDEX letter_oldest ON letter (accepted) WHERE state = 'NEXT';
CREATE INDEX letter_line ON letter (line, place) WHERE state IN ('NEXT', 'BEHIND');
CREATE INDEX letter_past ON letter (line, place) WHERE state = 'DONE';
CREATE INDEX letter_dead ON letter (at, id) WHERE state = 'DEAD';
CREATE INDEX letter_recalled ON letter (lane, place) WHERE state = 'RECALLED';
CREATE INDEX letter_ended ON letter (due) WHERE state IN ('DONE', 'GIVEN_UP', 'WITHDRAWN');

-- What gateways on one database share while calls run, by the database's clock.

-- Calls that a Management endpoint takes in a second: a row each.
CREATE TABLE allowance (
    endpoint     VARCHAR(300) NOT NULL,              -- deployment and operation
    number       INTEGER      NOT NULL,              -- 0 to calls a second - 1
    holder       VARCHAR(36),                        -- the call that took it last
    taken_at     BIGINT       NOT NULL,
    counts_until BIGINT       NOT NULL,              -- free from then on
    PRIMARY KEY (endpoint, number)
);

-- Who writes a profile or a session at the moment.
CREATE TABLE lease (
    id      VARCHAR(64) NOT NULL PRIMARY KEY,        -- SHA-256 of deployment, kind and id
    holder  VARCHAR(36) NOT NULL,                    -- the gateway
    ends_at BIGINT      NOT NULL                     -- another may take it from then on
);
CREATE INDEX lease_ends_at ON lease (ends_at);

-- When each gateway last found that it can write; asked by readiness.
CREATE TABLE pulse (
    gateway VARCHAR(36) NOT NULL PRIMARY KEY,
    at      BIGINT      NOT NULL
);
CREATE INDEX pulse_at ON pulse (at);
