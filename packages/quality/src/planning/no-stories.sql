-- Where stories are not looked at.
CREATE VIEW planning.story_voice AS SELECT NULL::VARCHAR AS microsystem, NULL::DATE AS quarter, NULL::VARCHAR AS theme, NULL::BIGINT AS stories WHERE false;
