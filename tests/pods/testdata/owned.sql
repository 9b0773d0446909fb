-- What only the owner of an object may do.
INSERT INTO post (title) VALUES ('Three');
ALTER TABLE post ADD COLUMN subtitle text;
SELECT count(*) FROM post;
DROP TABLE part;
DROP MATERIALIZED VIEW counted;
DROP TABLE post CASCADE;
DROP SEQUENCE free;
DROP TYPE mood, pair, span;
DROP DOMAIN positive;
DROP FUNCTION one(int);
DROP PROCEDURE nothing();
DROP AGGREGATE total(int);
DROP TEXT SEARCH CONFIGURATION words;
DROP SCHEMA other;
SELECT lo_unlink(4711);
CREATE EXTENSION IF NOT EXISTS hstore;
CREATE EXTENSION pg_trgm;
