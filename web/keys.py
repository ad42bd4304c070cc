"""Who may ask: tokens, logins made with them, and links that show one search. Kept in the library, hashed."""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Literal

from indexer.errors import LibraryBusy, LibraryDamaged
from indexer.files import write_whole
from vlm.errors import UsageError
from web.scopes import Scope

Kind = Literal["token", "login", "link"]
# A browser that was logged in asks for the token again after so long.
LOGIN_DAYS = 30
# Of one token; the oldest goes when another browser logs in.
MOST_LOGINS = 20
MOST_LETTERS = 60


@dataclass(frozen=True, slots=True)
class Key:
    """One secret that opens something. Only its hash is known: it is 256 random bits, which no slower hash would make
    harder to guess. A login or a link names the token it was made with (`of`) and goes with it; a link has its `query`.
    """

    kind: Kind
    name: str
    digest: str
    scope: Scope
    made_at: str
    ends_at: str | None = None
    of: str = ""
    query: str = ""
    originals: bool = False

    @property
    def ended(self) -> bool:
        """Whether its time is over."""
        return self.ends_at is not None and self.ends_at <= _text(_now())


class Keys:
    """The keys of one library, in its `access.json`; what another process changes there counts at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / "access.json"
        self._seen: tuple[int, int, int] | None = None
        self._keys: tuple[Key, ...] = ()

    def all(self, kind: Kind) -> list[Key]:
        """Those of a kind, oldest first, also ended ones. Raises LibraryDamaged for a file that cannot be read."""
        return [key for key in self._read() if key.kind == kind]

    def add_token(self, name: str, scope: Scope, days: float | None = None) -> str:
        """Make a token; returns it, the only time that it is to be seen. Raises UsageError for a name that is taken."""
        with self._changing() as keys:
            _must_be_free(name, keys)
            return _add(keys, Key("token", name, "", scope, "", _after(days)))

    def add_link(self, name: str, query: str, days: float, originals: bool, of: str = "") -> str:
        """Make a link's secret, good for `days`, and no longer than the token `of` it was made with. Raises UsageError for a
        name that is taken."""
        with self._changing() as keys:
            _must_be_free(name, keys)
            token_ends = next((key.ends_at for key in keys if key.kind == "token" and key.name == of), None)
            ends = min(filter(None, (_after(days), token_ends)))
            return _add(keys, Key("link", name, "", "read", "", ends, of=of, query=query, originals=originals))

    def log_in(self, token: Key) -> str:
        """Make a login of a token; returns the secret for the browser's cookie."""
        with self._changing() as keys:
            logins = [key for key in keys if key.kind == "login" and key.of == token.name]
            for oldest in logins[: max(0, len(logins) + 1 - MOST_LOGINS)]:
                keys.remove(oldest)
            ends = min(filter(None, (_after(LOGIN_DAYS), token.ends_at)))
            return _add(keys, Key("login", secrets.token_hex(4), "", token.scope, "", ends, of=token.name))

    def remove(self, kind: Kind, name: str) -> bool:
        """Take a key away, with the logins and links that were made with it; whether there was one."""
        with self._changing() as keys:
            going = [k for k in keys if (k.kind, k.name) == (kind, name) or (kind == "token" and k.of == name)]
            for key in going:
                keys.remove(key)
            return bool(going)

    def of(self, secret: str, *kinds: Kind) -> Key | None:
        """The key that a secret is, if its time is not over. Every key is compared, each in constant time."""
        digest = _digest(secret)
        found = None
        for key in self._read():
            if hmac.compare_digest(key.digest, digest) and key.kind in kinds and not key.ended:
                found = key
        return found

    def _read(self) -> tuple[Key, ...]:
        try:
            info = self._path.stat()
            state = (info.st_mtime_ns, info.st_size, info.st_ino)
            if state != self._seen:
                self._keys = tuple(Key(**one) for one in json.loads(self._path.read_text(encoding="utf-8")))
                self._seen = state
        except FileNotFoundError:
            self._keys, self._seen = (), None
        except (OSError, ValueError, TypeError) as error:
            raise LibraryDamaged(
                f"{self._path} cannot be read ({error}); restore it, or delete it and make new tokens."
            ) from None
        return self._keys

    @contextmanager
    def _changing(self) -> Iterator[list[Key]]:
        from filelock import FileLock, Timeout

        try:
            with FileLock(self._folder / "access.lock", timeout=5):
                self._seen = None
                keys = [key for key in self._read() if not (key.ended and key.kind == "login")]
                yield keys
                text = json.dumps([asdict(key) for key in keys], indent=1) + "\n"
                write_whole(self._path, text.encode(), private=True)
        except Timeout:
            raise LibraryBusy("Another process is changing the library's tokens; try again in a moment.") from None


def _add(keys: list[Key], key: Key) -> str:
    secret = secrets.token_urlsafe(32)
    keys.append(replace(key, digest=_digest(secret), made_at=_text(_now())))
    return secret


def _must_be_free(name: str, keys: list[Key]) -> None:
    if not name.strip() or len(name) > MOST_LETTERS or not name.isprintable():
        raise UsageError(f"A name has 1 to {MOST_LETTERS} letters, for example: phone")
    if any(key.name == name and key.kind != "login" for key in keys):
        raise UsageError(
            f"There is already one named {name}; choose another name, or first: imsearch token revoke {name}"
        )


def _digest(secret: str) -> str:
    return sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _after(days: float | None) -> str | None:
    return None if days is None else _text(_now() + timedelta(days=days))


def _now() -> datetime:
    return datetime.now(UTC)


def _text(time: datetime) -> str:
    return time.isoformat(timespec="seconds")
