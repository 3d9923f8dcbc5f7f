-- Talon.One's ids of audiences by their ids at partners: those that the gateway has created or looked up.
CREATE TABLE audience (
    id          VARCHAR(64)  NOT NULL PRIMARY KEY, -- SHA-256 of deployment, integration and the id there
    deployment  VARCHAR(100) NOT NULL,
    audience_id BIGINT       NOT NULL
);
CREATE INDEX audience_talon_one ON audience (deployment, audience_id);
