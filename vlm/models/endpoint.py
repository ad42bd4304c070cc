"""A server that speaks OpenAI's API: where it is, how it is called, and what its refusals mean."""

from __future__ import annotations

import difflib
import os
import re
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from vlm.errors import ModelError, ModelUnavailable, UsageError

if TYPE_CHECKING:
    import openai

OPENAI = "https://api.openai.com/v1"
OPTIONS = "base_url=URL, side=PIXELS, parallel=REQUESTS and timeout=SECONDS"
MOST = 100_000
# A server that is not there is told of within four seconds; what a busy one says in Retry-After is waited for.
RETRIES = 3
CONNECT_SECONDS = 5.0
_LONG = re.compile(
    r"context.?(length|size|window)|max(imum)? (context|model len)|too many tokens|prompt is too long", re.I
)
_BIG = re.compile(r"too large|too big|exceeds? the (maximum|limit)|larger than", re.I)
_SCHEMA = re.compile(r"response_format|json.?schema|grammar|guided|structured", re.I)
# What a server may refuse by name and be asked without; each makes an answer better or steadier, none is its sense.
_GIVES_WAY = ("response_format", "temperature", "top_p", "seed", "repetition_penalty")
_BLIND = re.compile(r"image|vision|multi-?modal", re.I)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """`openai:MODEL[?base_url=URL&side=1024&parallel=8&timeout=300]`, as `spec`.

    Without `base_url` it is OPENAI_BASE_URL, else OpenAI's own, but only where there is a key in OPENAI_API_KEY.
    `side` is the longer side, in pixels, of the pictures that are sent; `parallel` how many requests are under way at
    once; `timeout` after how many seconds an answer is given up, whether it trickles in or never begins.
    """

    spec: str
    model: str
    base_url: str = ""
    side: int = 1024
    parallel: int = 8
    timeout: float = 300.0

    @classmethod
    def parse(cls, rest: str) -> Endpoint:
        """From what follows `openai:`. Raises UsageError, which repeats no value: one may be a key."""
        model, _, given = rest.partition("?")
        if not model:
            raise UsageError("openai: names no model; write openai:MODEL, as the server calls it.")
        options = dict(parse_qsl(given, keep_blank_values=True))
        url = options.pop("base_url", "") or os.environ.get("OPENAI_BASE_URL", "").strip() or (OPENAI if _key() else "")
        try:
            numbers = {name: int(options.pop(name)) for name in ("side", "parallel", "timeout") if name in options}
        except ValueError:
            numbers = {"side": 0}
        if options or any(not 1 <= number <= MOST for number in numbers.values()):
            raise UsageError(
                f"openai:{model}: options are {OPTIONS}, numbers from 1 to {MOST}; a key is given in OPENAI_API_KEY alone."
            )
        return cls(f"openai:{rest}", model, _checked(url), **numbers)

    @property
    def who(self) -> str:
        """The model and where it is, for sentences."""
        return f"{self.model} at {self.base_url}"

    def connect(self) -> openai.OpenAI:
        """A client of it, for any thread; nothing is sent yet. Raises ModelUnavailable where no server was named."""
        import httpx2
        import openai

        seconds = self.timeout

        class Patient(openai.DefaultHttpxClient):
            """Ends what takes too long in all, and tries it no second time, as the client would."""

            def send(self, request: httpx2.Request, *, stream: bool = False, **more: Any) -> httpx2.Response:
                try:
                    response = super().send(request, stream=True, **more)
                    if response.is_error or not stream:
                        with ends_after(response, seconds):
                            response.read()
                except httpx2.ReadTimeout:
                    raise openai.APITimeoutError(request) from None
                return response

        if not self.base_url:
            raise ModelUnavailable(
                f"{self.spec} names no server, and nothing is sent to one that you did not name; set OPENAI_BASE_URL "
                "(http://localhost:11434/v1 for Ollama), or OPENAI_API_KEY to use api.openai.com."
            )
        key = _key()
        if not (key.isascii() and key.isprintable()):
            raise UsageError("OPENAI_API_KEY holds characters that no key has; set it anew.")
        here = urlsplit(self.base_url).hostname in ("localhost", "127.0.0.1", "::1")
        return openai.OpenAI(
            base_url=self.base_url,
            api_key=key or "none",  # the client wants one, servers without keys do not look at it
            max_retries=RETRIES,
            timeout=openai.Timeout(seconds, connect=CONNECT_SECONDS),
            # pictures go nowhere else: not where a redirect points to, and to this machine past any proxy
            http_client=Patient(
                follow_redirects=False, trust_env=not here, timeout=openai.Timeout(seconds, connect=CONNECT_SECONDS)
            ),
        )

    def told(self, error: Exception, client: openai.OpenAI) -> ModelError:
        """Whatever the client raised, as a sentence. ModelUnavailable where the next question would fare no better."""
        import openai

        who, said = self.who, _words(error)[:200].rstrip(" .")
        words = f" ({said})" if said else ""
        if isinstance(error, openai.APITimeoutError) and error.__cause__ is None:
            return ModelUnavailable(
                f"{who} did not finish its answer within {self.timeout:g} seconds; wait until it is less busy, or allow "
                "more with ?timeout=SECONDS."
            )
        if isinstance(error, openai.APIStatusError):
            return self._refused(error, who, words, client)
        if isinstance(error, openai.APIConnectionError):
            reason = _hidden(str(error.__cause__ or ""))[:200].rstrip(".") or "no connection"
            return ModelUnavailable(f"{who} cannot be reached ({reason}); check that the server runs, and its URL.")
        if isinstance(error, ValueError | RecursionError):
            return ModelError(
                f"{who} answered what is no JSON; check its URL, which mostly ends with /v1, or ask again."
            )
        return ModelError(f"{who} broke its answer off{words}; ask again, or see the server's log.")

    def _refused(self, error: openai.APIStatusError, who: str, words: str, client: openai.OpenAI) -> ModelError:
        status = error.status_code
        if status in (401, 403):
            # the server's words repeat parts of the key
            lacks = "refuses the key in OPENAI_API_KEY" if _key() else "wants a key"
            return ModelUnavailable(f"{who} {lacks} ({status}); set OPENAI_API_KEY to one that is good there.")
        if status == 404:
            return self._missing(who, client)
        if 300 <= status < 400:
            return ModelUnavailable(
                f"{who} sends on to {_bare(error.response.headers.get('location', 'another place'))}, and pictures go "
                "only where you say; name that URL if you trust it."
            )
        if status == 429:
            return ModelUnavailable(
                f"{who} takes no more questions now{words}; wait, or ask fewer at once (?parallel=1)."
            )
        if _LONG.search(words):
            return ModelError(
                f"{who} cannot hold that much{words}; ask about fewer pictures, or smaller ones (?side={self.side // 2})."
            )
        if status == 413 or _BIG.search(words):
            return ModelError(f"{who} finds the pictures too big{words}; send smaller ones (?side={self.side // 2}).")
        if status in (502, 503, 504):
            return ModelUnavailable(f"{who} is not ready{words or f' ({status})'}; wait until it is, or see its log.")
        if _BLIND.search(words):
            return ModelError(f"{who} does not take the pictures{words}; choose a model that sees.")
        if status >= 500:
            return ModelError(
                f"{who} failed{words or f' ({status})'}; see the server's log, or ask about another picture."
            )
        return ModelError(f"{who} refuses the question{words or f' ({status})'}; change it, or choose another model.")

    def _missing(self, who: str, client: openai.OpenAI) -> ModelError:
        import openai

        try:
            names = [
                model.id for model in client.models.list(timeout=CONNECT_SECONDS).data if isinstance(model.id, str)
            ]
        except (openai.OpenAIError, ValueError, TypeError, AttributeError):
            names = []
        if not names:
            return ModelUnavailable(f"{who} is not there; check the name, and the URL, which mostly ends with /v1.")
        near = difflib.get_close_matches(self.model, names, n=8, cutoff=0.3) or sorted(names)[:8]
        more = f" and {len(names) - len(near)} more" if len(names) > len(near) else ""
        return ModelUnavailable(f"{who} is not there; the server has: {', '.join(near)}{more}.")


def refused(error: openai.APIStatusError, options: Mapping[str, Any]) -> str | None:
    """Which of the options a server says it does not take, among those that an answer can do without."""
    words = _words(error)
    if _LONG.search(words):
        return None
    if "max_tokens" in options and "max_completion_tokens" in words:
        return "max_tokens"
    for name in _GIVES_WAY:
        says = _SCHEMA if name == "response_format" else re.compile(rf"\b{name}\b")
        if name in options and (error.param == name or says.search(words)):
            return name
    return None


@contextmanager
def ends_after(response: Any, seconds: float) -> Iterator[None]:
    """Hang up on who has not finished by then: a read timeout begins anew with every byte. Raises APITimeoutError."""
    import openai

    lock = threading.Lock()
    over = late = False

    def hang_up() -> None:
        nonlocal late
        with lock, suppress(OSError):
            # once it is over, the connection may be another's
            if not over:
                late = True
                # close() would not wake who waits for the next byte, and SSLSocket.shutdown() would break the reading
                held = response.extensions["network_stream"].get_extra_info("socket")
                socket.socket.shutdown(held, socket.SHUT_RDWR)

    alarm = threading.Timer(seconds, hang_up)
    alarm.daemon = True
    alarm.start()
    try:
        yield
    except Exception:
        if not late:
            raise
    finally:
        alarm.cancel()
        with lock:
            over = True
    if late:
        raise openai.APITimeoutError(response.request)


def _key() -> str:
    return os.environ.get("OPENAI_API_KEY", "").strip()


def _checked(url: str) -> str:
    """A URL to send to, without what may be a secret. Raises UsageError, which does not repeat it."""
    try:
        parts = urlsplit(url)
        good = not url or (parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0)
    except ValueError:
        good = False
    if not good or parts.username or parts.password or parts.query or parts.fragment:
        raise UsageError(
            "The base URL of an openai: model looks like http://localhost:11434/v1, without a name, password or query; "
            "a key is given in OPENAI_API_KEY."
        )
    return url.rstrip("/")


def _bare(url: str) -> str:
    return url.partition("?")[0].rpartition("@")[2][:200]


def _words(error: Exception) -> str:
    """What the server itself said, in one line, without the key; a web page says nothing."""
    body = getattr(error, "body", None)
    if isinstance(body, dict):
        body = body.get("message") or body.get("detail") or body.get("error") or ""
    words = " ".join(str(body or getattr(error, "message", "")).split())
    if words.startswith(("<", "Error code:")):
        return ""
    return _hidden(words)


def _hidden(words: str) -> str:
    return words.replace(_key(), "[key]") if _key() else words
