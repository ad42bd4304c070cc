"""The schema's history, append-only: a library of any earlier version opens today. Never edit a migration that shipped."""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

migrations = Migrations("imsearch")


def _run(db: Database, script: str) -> None:
    # Not executescript: that commits first, and a migration must be all or nothing.
    for statement in script.split(";"):
        db.conn.execute(statement)


@migrations()  # type: ignore[untyped-decorator]
def m001_pictures(db: Database) -> None:
    """Pictures, their vectors and words, and what could not be used."""
    _run(db, """
        CREATE TABLE roots (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, online INTEGER NOT NULL DEFAULT 1);
        CREATE TABLE pictures (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            root_id INTEGER NOT NULL REFERENCES roots(id),
            path TEXT NOT NULL, folder TEXT NOT NULL, name TEXT NOT NULL,
            hash TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
            width INTEGER NOT NULL, height INTEGER NOT NULL, format TEXT NOT NULL,
            moment TEXT NOT NULL, taken_at TEXT, camera TEXT, lens TEXT,
            latitude REAL, longitude REAL, orientation INTEGER NOT NULL,
            colours TEXT NOT NULL, added_at TEXT NOT NULL,
            UNIQUE (root_id, path)
        );
        CREATE INDEX pictures_hash ON pictures(hash);
        CREATE INDEX pictures_moment ON pictures(moment);
        CREATE INDEX pictures_format ON pictures(format);
        CREATE TABLE models (
            id INTEGER PRIMARY KEY, spec TEXT NOT NULL, revision TEXT NOT NULL, dim INTEGER NOT NULL,
            generation INTEGER NOT NULL DEFAULT 0, UNIQUE (spec, revision)
        );
        CREATE TABLE embeddings (
            picture_id INTEGER NOT NULL REFERENCES pictures(id) ON DELETE CASCADE,
            model_id INTEGER NOT NULL REFERENCES models(id) ON DELETE CASCADE,
            vector BLOB NOT NULL,
            PRIMARY KEY (model_id, picture_id)
        ) WITHOUT ROWID;
        CREATE INDEX embeddings_picture ON embeddings(picture_id);
        CREATE TABLE texts (
            id INTEGER PRIMARY KEY,
            picture_id INTEGER NOT NULL REFERENCES pictures(id) ON DELETE CASCADE,
            kind TEXT NOT NULL, text TEXT NOT NULL, model TEXT NOT NULL, revision TEXT NOT NULL,
            prompt_version TEXT NOT NULL, created_at TEXT NOT NULL, lines TEXT NOT NULL
        );
        CREATE INDEX texts_picture ON texts(picture_id);
        CREATE TABLE objects (
            id INTEGER PRIMARY KEY,
            picture_id INTEGER NOT NULL REFERENCES pictures(id) ON DELETE CASCADE,
            label TEXT NOT NULL, score REAL NOT NULL, x1 REAL NOT NULL, y1 REAL NOT NULL, x2 REAL NOT NULL,
            y2 REAL NOT NULL, model TEXT NOT NULL, revision TEXT NOT NULL, created_at TEXT NOT NULL
        );
        CREATE INDEX objects_picture ON objects(picture_id);
        CREATE INDEX objects_label ON objects(label);
        CREATE TABLE annotated (
            picture_id INTEGER NOT NULL REFERENCES pictures(id) ON DELETE CASCADE,
            task TEXT NOT NULL, model TEXT NOT NULL, revision TEXT NOT NULL, at TEXT NOT NULL,
            PRIMARY KEY (picture_id, task)
        ) WITHOUT ROWID;
        CREATE TABLE failures (
            root_id INTEGER NOT NULL REFERENCES roots(id) ON DELETE CASCADE,
            path TEXT NOT NULL, stage TEXT NOT NULL, reason TEXT NOT NULL, remedy TEXT NOT NULL,
            size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, seen_at TEXT NOT NULL,
            PRIMARY KEY (root_id, path, stage)
        ) WITHOUT ROWID;
        CREATE TABLE judgements (
            id INTEGER PRIMARY KEY, query TEXT NOT NULL,
            picture_id INTEGER NOT NULL REFERENCES pictures(id) ON DELETE CASCADE,
            relevance INTEGER NOT NULL, created_at TEXT NOT NULL, UNIQUE (query, picture_id)
        );
        CREATE TABLE saved_searches (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, query TEXT NOT NULL, created_at TEXT NOT NULL,
            seen_at TEXT
        );
    """)  # fmt: skip


@migrations()  # type: ignore[untyped-decorator]
def m002_words(db: Database) -> None:
    """Full text: whole words (with CJK as bigrams, see indexer.words), and trigrams for parts of words."""
    columns = "name, folder, caption, ocr, tag, note"
    db.conn.execute(
        f"CREATE VIRTUAL TABLE words USING fts5({columns}, tokenize='porter unicode61 remove_diacritics 2')"
    )
    db.conn.execute("CREATE VIRTUAL TABLE grams USING fts5(body, tokenize='trigram')")


@migrations()  # type: ignore[untyped-decorator]
def m003_choices(db: Database) -> None:
    """Which files of a root were asked for, so that a later run without a word on it asks for the same."""
    db.conn.execute("ALTER TABLE roots ADD COLUMN choice TEXT NOT NULL DEFAULT '{}'")


@migrations()  # type: ignore[untyped-decorator]
def m004_duplicates(db: Database) -> None:
    """Looks, comparisons and decisions for finding duplicates; by content hash, so that they outlive re-indexing."""
    _run(db, """
        CREATE TABLE looks (hash TEXT PRIMARY KEY, sketch BLOB NOT NULL, sharpness REAL NOT NULL) WITHOUT ROWID;
        CREATE TABLE comparisons (
            first TEXT NOT NULL, second TEXT NOT NULL, version INTEGER NOT NULL, how TEXT,
            PRIMARY KEY (first, second)
        ) WITHOUT ROWID;
        CREATE TABLE decisions (
            id INTEGER PRIMARY KEY AUTOINCREMENT, first TEXT NOT NULL, second TEXT NOT NULL DEFAULT '',
            decision TEXT NOT NULL, made_at TEXT NOT NULL, UNIQUE (first, second, decision)
        );
    """)  # fmt: skip


@migrations()  # type: ignore[untyped-decorator]
def m005_reviewed(db: Database) -> None:
    """Stars, as cameras and other programs give them, and how a picture was reviewed."""
    _run(
        db,
        """
        ALTER TABLE pictures ADD COLUMN rating INTEGER;
        ALTER TABLE pictures ADD COLUMN state TEXT NOT NULL DEFAULT 'unreviewed';
        CREATE INDEX pictures_camera ON pictures(camera);
        CREATE INDEX pictures_folder ON pictures(root_id, folder)
    """,
    )


@migrations()  # type: ignore[untyped-decorator]
def m006_concepts(db: Database) -> None:
    """Concepts taught by example: the examples by content, and a classifier for each model."""
    _run(db, """
        CREATE TABLE concepts (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL, key TEXT NOT NULL UNIQUE, taught_at TEXT NOT NULL
        );
        CREATE TABLE concept_examples (
            concept_id INTEGER NOT NULL REFERENCES concepts(id) ON DELETE CASCADE,
            hash TEXT NOT NULL, yes INTEGER NOT NULL, UNIQUE (concept_id, hash)
        );
        CREATE TABLE concept_classifiers (
            concept_id INTEGER NOT NULL REFERENCES concepts(id) ON DELETE CASCADE,
            model_id INTEGER NOT NULL REFERENCES models(id) ON DELETE CASCADE,
            weights BLOB NOT NULL, threshold REAL NOT NULL, held_out TEXT NOT NULL,
            PRIMARY KEY (concept_id, model_id)
        ) WITHOUT ROWID;
        ALTER TABLE models ADD COLUMN concepts_at INTEGER NOT NULL DEFAULT -1;
        CREATE INDEX texts_tags ON texts(model, picture_id) WHERE kind = 'tag';
    """)  # fmt: skip


@migrations()  # type: ignore[untyped-decorator]
def m007_edits(db: Database) -> None:
    """What people wrote or took away, as a history; whose stars were never looked for; up to where a search was seen."""
    _run(db, """
        CREATE TABLE edits (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            picture_id INTEGER NOT NULL REFERENCES pictures(id) ON DELETE CASCADE,
            field TEXT NOT NULL, name TEXT NOT NULL, before TEXT, after TEXT, who TEXT NOT NULL, made_at TEXT NOT NULL
        );
        CREATE INDEX edits_picture ON edits(picture_id, field, name);
        CREATE INDEX pictures_hidden ON pictures(state) WHERE state = 'hidden';
        ALTER TABLE pictures ADD COLUMN rating_sought INTEGER NOT NULL DEFAULT 0;
        UPDATE pictures SET rating_sought = 1 WHERE rating IS NOT NULL;
        CREATE INDEX pictures_unsought ON pictures(rating_sought) WHERE rating_sought = 0;
        ALTER TABLE saved_searches ADD COLUMN seen_id INTEGER NOT NULL DEFAULT 0;
        UPDATE saved_searches SET seen_id = (
            SELECT coalesce(max(id), 0) FROM pictures WHERE added_at <= coalesce(seen_at, created_at)
        )
    """)  # fmt: skip


@migrations()  # type: ignore[untyped-decorator]
def m008_plain_words(db: Database) -> None:
    """Full text of words folded by `indexer.plain`; SQLite folds nothing more, and takes vowel signs for letters.

    `Catalog` fills it when every migration has run: what a row holds is for today's code to say.
    """
    columns = "name, folder, caption, ocr, tag, note"
    tokenizer = "porter unicode61 remove_diacritics 0 categories ''L* N* Co M*''"
    _run(db, f"DROP TABLE words; CREATE VIRTUAL TABLE words USING fts5({columns}, tokenize='{tokenizer}')")
    db.conn.execute("DELETE FROM grams")


@migrations()  # type: ignore[untyped-decorator]
def m009_annotating(db: Database) -> None:
    """How a model was asked, whose answers another way of asking makes stale; and what pictures were judged to be."""
    _run(db, """
        ALTER TABLE annotated ADD COLUMN prompt_version TEXT NOT NULL DEFAULT '';
        CREATE TABLE labels (
            picture_id INTEGER NOT NULL REFERENCES pictures(id) ON DELETE CASCADE,
            task TEXT NOT NULL, name TEXT NOT NULL, score REAL NOT NULL, model TEXT NOT NULL, revision TEXT NOT NULL,
            created_at TEXT NOT NULL, PRIMARY KEY (picture_id, task, name)
        ) WITHOUT ROWID
    """)  # fmt: skip


@migrations()  # type: ignore[untyped-decorator]
def m010_sidecars(db: Database) -> None:
    """Whose words in other programs were never looked for, next to stars; each picture's sidecar; which files were exported."""
    _run(db, """
        ALTER TABLE pictures ADD COLUMN sidecar TEXT NOT NULL DEFAULT '';
        DROP INDEX pictures_unsought;
        ALTER TABLE pictures RENAME COLUMN rating_sought TO told_sought;
        UPDATE pictures SET told_sought = 0;
        CREATE INDEX pictures_unsought ON pictures(told_sought) WHERE told_sought = 0;
        CREATE TABLE exported (path TEXT PRIMARY KEY, hash TEXT NOT NULL) WITHOUT ROWID
    """)  # fmt: skip


@migrations()  # type: ignore[untyped-decorator]
def m011_opened(db: Database) -> None:
    """When a person last opened each picture; and which model failed: of earlier ones nobody knows, so they are asked again."""
    _run(db, """
        CREATE TABLE opened (
            picture_id INTEGER PRIMARY KEY REFERENCES pictures(id) ON DELETE CASCADE, at TEXT NOT NULL
        );
        CREATE TABLE failures_by_model (
            root_id INTEGER NOT NULL REFERENCES roots(id) ON DELETE CASCADE,
            path TEXT NOT NULL, stage TEXT NOT NULL, model TEXT NOT NULL, reason TEXT NOT NULL, remedy TEXT NOT NULL,
            size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, seen_at TEXT NOT NULL,
            PRIMARY KEY (root_id, path, stage, model)
        ) WITHOUT ROWID;
        INSERT INTO failures_by_model
            SELECT root_id, path, stage, '', reason, remedy, size, mtime_ns, seen_at FROM failures WHERE stage = 'index';
        DROP TABLE failures;
        ALTER TABLE failures_by_model RENAME TO failures
    """)  # fmt: skip


@migrations()  # type: ignore[untyped-decorator]
def m012_undo(db: Database) -> None:
    """What was said together is one change; the words that stood there before, so that it can be taken back; what was."""
    _run(db, """
        ALTER TABLE edits ADD COLUMN change INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE edits ADD COLUMN kept TEXT;
        UPDATE edits SET change = id;
        CREATE INDEX edits_change ON edits(change);
        CREATE TABLE undone_edits (
            id INTEGER PRIMARY KEY, picture_id INTEGER NOT NULL REFERENCES pictures(id) ON DELETE CASCADE,
            field TEXT NOT NULL, name TEXT NOT NULL, before TEXT, after TEXT, who TEXT NOT NULL, made_at TEXT NOT NULL,
            change INTEGER NOT NULL, undone_at TEXT NOT NULL
        );
        CREATE INDEX undone_edits_picture ON undone_edits(picture_id)
    """)  # fmt: skip


@migrations()  # type: ignore[untyped-decorator]
def m013_tag_names(db: Database) -> None:
    """Tags by their name: of 490,000 a filter looked at each."""
    _run(db, "CREATE INDEX texts_tag_names ON texts(text, picture_id) WHERE kind = 'tag'")


@migrations()  # type: ignore[untyped-decorator]
def m014_clocks(db: Database) -> None:
    """Dates in the future, of clocks that were wrong: kept apart, and the picture goes by its file's time or, if that is as wrong, the day it was added."""
    _run(db, """
        ALTER TABLE pictures ADD COLUMN clock TEXT;
        UPDATE pictures SET clock = taken_at, taken_at = NULL WHERE taken_at > strftime('%Y-%m-%dT%H:%M:%S', 'now', '+1 day');
        UPDATE pictures SET moment = iif(
            mtime_ns / 1000000000 > CAST(strftime('%s', 'now', '+1 day') AS INTEGER), added_at,
            strftime('%Y-%m-%dT%H:%M:%S+00:00', mtime_ns / 1000000000, 'unixepoch')
        ) WHERE moment > strftime('%Y-%m-%dT%H:%M:%S', 'now', '+1 day')
    """)  # fmt: skip


@migrations()  # type: ignore[untyped-decorator]
def m015_damaged(db: Database) -> None:
    """Which files hold their picture in part alone; of those indexed before nobody knows until they change."""
    _run(db, """
        ALTER TABLE pictures ADD COLUMN damaged INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX pictures_damaged ON pictures(id) WHERE damaged
    """)  # fmt: skip


@migrations()  # type: ignore[untyped-decorator]
def m016_places(db: Database) -> None:
    """Where pictures were taken, by name. Full text is copied with a column for it, as folded as it is."""
    columns = "name, folder, caption, ocr, tag, note"
    tokenizer = "porter unicode61 remove_diacritics 0 categories ''L* N* Co M*''"
    _run(db, f"""
        ALTER TABLE pictures ADD COLUMN place_id INTEGER;
        CREATE INDEX pictures_place ON pictures(place_id);
        CREATE INDEX pictures_unplaced ON pictures(id) WHERE place_id IS NULL AND latitude IS NOT NULL;
        CREATE TABLE places (
            id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, whole TEXT NOT NULL, within INTEGER REFERENCES places(id)
        );
        CREATE INDEX places_whole ON places(whole);
        CREATE INDEX places_within ON places(within);
        CREATE TABLE place_names (
            name TEXT NOT NULL, place_id INTEGER NOT NULL REFERENCES places(id), PRIMARY KEY (name, place_id)
        ) WITHOUT ROWID;
        CREATE VIRTUAL TABLE placed_words USING fts5({columns}, place, tokenize='{tokenizer}');
        INSERT INTO placed_words (rowid, {columns}, place) SELECT rowid, {columns}, '' FROM words;
        DROP TABLE words;
        ALTER TABLE placed_words RENAME TO words
    """)  # fmt: skip
