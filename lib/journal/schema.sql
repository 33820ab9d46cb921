-- The schema of a journal; SCHEMA.md describes it. prun and the Python package create journals by executing this file in one
-- transaction, in an empty database in WAL mode.
PRAGMA application_id = 1886549358;  -- "prun"
PRAGMA user_version = 1;

CREATE TABLE runs (
  run INTEGER PRIMARY KEY,
  started INTEGER NOT NULL,
  ended INTEGER,
  ending TEXT,
  goes_on TEXT NOT NULL,
  mode TEXT NOT NULL,
  workers INTEGER NOT NULL,
  command NOT NULL,
  directory NOT NULL,
  environment NOT NULL,
  settings TEXT NOT NULL,
  input TEXT NOT NULL,
  tasks INTEGER,
  version TEXT NOT NULL,
  host TEXT NOT NULL,
  pid INTEGER NOT NULL
);
CREATE TABLE functions (
  function INTEGER PRIMARY KEY,
  name NOT NULL UNIQUE
);
CREATE TABLE tasks (
  task INTEGER PRIMARY KEY,
  count INTEGER NOT NULL,
  function INTEGER NOT NULL REFERENCES functions,
  args,
  kwargs,
  id,
  defect,
  first INTEGER,
  step INTEGER
);
CREATE TABLE attempts (
  task INTEGER NOT NULL,
  run INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  final INTEGER NOT NULL,
  ending TEXT NOT NULL,
  value,
  started INTEGER,
  duration INTEGER,
  worker INTEGER,
  host TEXT,
  user INTEGER,
  system INTEGER,
  max_rss INTEGER,
  minor_faults INTEGER,
  major_faults INTEGER,
  type,
  message,
  place,
  signal INTEGER,
  exit_status INTEGER,
  pid INTEGER,
  traceback,
  detail,
  PRIMARY KEY (task, run, attempt)
) WITHOUT ROWID;
CREATE TABLE pieces (
  task INTEGER NOT NULL,
  run INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  what TEXT NOT NULL,
  piece INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (task, run, attempt, what, piece)
);
CREATE TABLE made (
  task INTEGER PRIMARY KEY,
  run INTEGER NOT NULL,
  code NOT NULL
);
CREATE TABLE inputs (
  task INTEGER NOT NULL,
  number INTEGER NOT NULL,
  name NOT NULL,
  size INTEGER NOT NULL,
  mtime INTEGER NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (task, number)
) WITHOUT ROWID;
CREATE TABLE lists (
  run INTEGER NOT NULL,
  place INTEGER NOT NULL,
  task INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (run, place)
) WITHOUT ROWID;

CREATE VIEW outcomes AS
  SELECT * FROM attempts AS a
  WHERE final AND NOT EXISTS (SELECT 1 FROM attempts AS b WHERE b.task = a.task AND b.run > a.run AND b.final);
CREATE VIEW calls AS
  SELECT o.task, f.name AS function,
         CASE WHEN t.first IS NULL THEN t.args ELSE '[' || (t.first + (o.task - t.task) * t.step) || ']' END AS args,
         t.kwargs, t.id, o.run, o.attempt, o.ending
  FROM outcomes AS o
  JOIN tasks AS t ON t.task = (SELECT max(task) FROM tasks WHERE task <= o.task)
  JOIN functions AS f ON f.function = t.function;
CREATE VIEW results AS
  SELECT c.task, c.function, c.args, c.kwargs, o.value AS result,
         strftime('%Y-%m-%dT%H:%M:%fZ', o.started / 1e9, 'unixepoch') AS started,
         o.duration / 1e9 AS seconds, (o.user + o.system) / 1e6 AS cpu_seconds, o.max_rss, o.worker, o.host, o.attempt, o.run
  FROM calls AS c JOIN outcomes AS o USING (task)
  WHERE c.ending = 'value';
CREATE VIEW failures AS
  SELECT c.task, c.function, c.args, c.kwargs, c.ending, o.type, o.message, o.signal, o.exit_status,
         (SELECT count(*) FROM attempts AS a WHERE a.task = c.task) AS attempts,
         strftime('%Y-%m-%dT%H:%M:%fZ', o.started / 1e9, 'unixepoch') AS started,
         o.duration / 1e9 AS seconds, o.worker, o.host, o.run
  FROM calls AS c JOIN outcomes AS o USING (task)
  WHERE c.ending <> 'value';
CREATE VIEW summary AS
  SELECT function, count(*) AS tasks, sum(ending = 'value') AS succeeded, sum(ending <> 'value') AS failed,
         round(sum(seconds), 6) AS seconds, round(max(seconds), 6) AS longest, round(sum(cpu_seconds), 6) AS cpu_seconds,
         max(max_rss) AS max_rss
  FROM (SELECT c.function, c.ending, o.duration / 1e9 AS seconds, (o.user + o.system) / 1e6 AS cpu_seconds, o.max_rss
        FROM calls AS c JOIN outcomes AS o USING (task))
  GROUP BY function;
