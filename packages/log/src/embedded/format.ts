/** "Plog" in ASCII: marks the file as ours in SQLite's header. */
export const applicationId = 0x506c6f67

/** The version of the tables below. A file with a higher one is refused. */
export const formatVersion = 1

/** Bytes. Measured: 16 kB writes and reads rows of 300 bytes 1.3 times as fast as SQLite's 4 kB. */
export const pageSize = 16_384

/**
 * A partition is a `part`; its records lie side by side in order of offset. Headers that many records have in
 * common stand once in `header_set`, beside the names of each record's own headers, whose values are in `own`.
 * Keys and values are text; those that hold a NUL are blobs of UTF-8.
 */
export const tables = `
  CREATE TABLE log (log_id TEXT NOT NULL) STRICT;
  CREATE TABLE topic (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    partitions INTEGER NOT NULL,
    cleanup TEXT NOT NULL CHECK (cleanup IN ('keep', 'compact'))
  ) STRICT;
  CREATE TABLE part (
    id INTEGER PRIMARY KEY,
    topic INTEGER NOT NULL REFERENCES topic,
    partition INTEGER NOT NULL,
    next INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    UNIQUE (topic, partition)
  ) STRICT;
  CREATE TABLE header_set (id INTEGER PRIMARY KEY, content TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE record (
    part INTEGER NOT NULL,
    "offset" INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    header_set INTEGER NOT NULL,
    key ANY,
    value ANY,
    own TEXT NOT NULL,
    PRIMARY KEY (part, "offset")
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE latest (
    topic INTEGER NOT NULL,
    key ANY NOT NULL,
    part INTEGER NOT NULL,
    "offset" INTEGER NOT NULL,
    PRIMARY KEY (topic, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE writer (id TEXT PRIMARY KEY, epoch INTEGER NOT NULL) STRICT, WITHOUT ROWID;
`
