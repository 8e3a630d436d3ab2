-- Where stories are looked at: what they speak of, as far as it is told.
CREATE VIEW planning.story_voice AS SELECT microsystem, quarter, theme, stories FROM codesign.story_count;
