"""Any server that speaks OpenAI's API: OpenAI itself, vLLM, Ollama, llama.cpp, `transformers serve`. Pictures go there."""

from __future__ import annotations

import base64
import io
import threading
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from json import JSONDecodeError
from typing import TYPE_CHECKING, Any, TypeVar

from vlm.errors import ModelError, ModelUnavailable, PartlyAnswered, UsageError
from vlm.models.endpoint import Endpoint, ends_after, refused
from vlm.protocols import Generation, Turn
from vlm.tasks.guard import spoken, without_thoughts
from vlm.wording import many

if TYPE_CHECKING:
    import openai
    from PIL.Image import Image

Conversation = Sequence[Turn]
T = TypeVar("T")


class OpenAi:
    """Implements `vlm.protocols.Chat`; see `Endpoint` for the spec. Any number of threads may ask."""

    most_pictures = 16
    # What a server says of its models names no weights: `created` is the time of day with vLLM and llama.cpp, and every
    # caption would be stale at once. Who changes the weights behind a name should ask under another name.
    revision = ""

    def __init__(self, rest: str) -> None:
        self._endpoint = Endpoint.parse(rest)
        self.spec = self._endpoint.spec
        self.picture_side = self._endpoint.side
        self._lock = threading.Lock()
        self._connected: openai.OpenAI | None = None
        self._refused: list[tuple[str, Any]] = []

    def close(self) -> None:
        """Close the connections; the next question opens others."""
        with self._lock:
            if self._connected:
                self._connected.close()
            self._connected = None

    def replies(self, conversations: Sequence[Conversation], how: Generation = Generation()) -> list[str]:
        """The next turn of each conversation, `parallel` of them asked at once.

        Raises PartlyAnswered where one fails and others do not, and asks no more once the server cannot be used.
        """
        self._check(conversations, how)
        made = _side_by_side(lambda turns: self._ask(turns, how), conversations, self._endpoint.parallel)
        failed = [one for one in made if isinstance(one, ModelError)]
        if len(failed) == len(made) and failed:
            raise next((one for one in failed if isinstance(one, ModelUnavailable)), failed[0])
        if failed:
            raise PartlyAnswered(made)
        return [one for one in made if isinstance(one, str)]

    def reply(self, conversation: Conversation, how: Generation = Generation()) -> Iterator[str]:
        """The next turn, piece by piece; who stops listening hangs up, and the server stops writing."""
        self._check([conversation], how)
        return self._speak(conversation, how)

    def _speak(self, turns: Conversation, how: Generation) -> Iterator[str]:
        with closing(self._listen(turns, how)) as pieces:
            yield from spoken(pieces)

    def _check(self, conversations: Sequence[Conversation], how: Generation) -> None:
        for turns in conversations:
            shown = sum(not isinstance(part, str) for turn in turns for part in turn.parts)
            if shown > self.most_pictures:
                raise UsageError(
                    f"{self.spec} looks at {many(self.most_pictures, 'picture')} at once at most, not {shown}; ask about fewer."
                )
        if how.budget is not None:
            raise UsageError(f"{self.spec} has no budget of visual tokens; leave it away, or set ?side=PIXELS.")

    def _ask(self, turns: Conversation, how: Generation) -> str:
        with self._telling() as client:
            made = self._send(client, turns, how, stream=False)
        choice = _choice(made)
        message = getattr(choice, "message", None)
        content = getattr(message, "content", None)
        if message is None or not isinstance(content, str | None):
            raise self._failed("answered no chat completion", "check its URL, which mostly ends with /v1")
        text = without_thoughts(content or "")
        declined = getattr(message, "refusal", None)
        self._check_end("content_filter" if declined else choice.finish_reason, bool(text), how)
        return text

    def _listen(self, turns: Conversation, how: Generation) -> Generator[str]:
        import openai

        ended, spoke = None, False
        with self._telling() as client:
            stream = self._send(client, turns, how, stream=True)
            with stream, ends_after(stream.response, self._endpoint.timeout):
                try:
                    for chunk in stream:
                        choice = _choice(chunk)  # none where a last chunk only counts tokens
                        ended = getattr(choice, "finish_reason", None) or ended
                        piece = getattr(getattr(choice, "delta", None), "content", None)
                        if piece and isinstance(piece, str):
                            spoke = True
                            yield piece
                except openai.APITimeoutError:
                    raise
                except openai.APIConnectionError:
                    ended = None
        if ended is None:
            raise self._failed("stopped in the middle of its answer", "ask again, or see the server's log")
        self._check_end(ended, spoke, how)

    def _check_end(self, reason: str | None, spoke: bool, how: Generation) -> None:
        if reason == "content_filter":
            raise self._failed("declined to answer", "ask about another picture, or another model")
        if reason == "length" and not spoke:
            raise self._failed(
                f"wrote nothing within {how.most_tokens} tokens",
                "allow more, for it may think aloud first, or choose another model",
            )

    def _failed(self, what: str, remedy: str) -> ModelError:
        return ModelError(f"{self._endpoint.who} {what}; {remedy}.")

    def _send(self, client: openai.OpenAI, turns: Conversation, how: Generation, stream: bool) -> Any:
        """The answer, or the stream of its pieces. What the server refuses by name is left out, also from then on."""
        import openai

        messages: list[Any] = [_message(turn, self._endpoint.side) for turn in turns]
        while True:
            options = self._options(how)
            try:
                # as `extra_body`, for not all of them are OpenAI's own
                return client.chat.completions.create(
                    model=self._endpoint.model, messages=messages, stream=stream, extra_body=options
                )
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                name = refused(error, options)
                if name is None:
                    raise
                with self._lock:
                    self._refused.append((name, options[name]))

    def _options(self, how: Generation) -> dict[str, Any]:
        """`Generation` in the words of the API, without what this server has refused; it has no word for beams."""
        made: dict[str, Any] = {"temperature": how.temperature}
        if how.temperature > 0 and how.top_p < 1:
            made["top_p"] = how.top_p
        if how.seed is not None:
            made["seed"] = how.seed
        if how.repetition_penalty != 1:
            made["repetition_penalty"] = how.repetition_penalty
        if how.schema is not None:
            schema = {"name": "answer", "schema": dict(how.schema), "strict": True}
            made["response_format"] = {"type": "json_schema", "json_schema": schema}
        made = {name: value for name, value in made.items() if (name, value) not in self._refused}
        # the newer of OpenAI's models know the second word alone, many other servers the first alone
        new = any(name == "max_tokens" for name, _ in self._refused)
        return made | {"max_completion_tokens" if new else "max_tokens": how.most_tokens}

    @contextmanager
    def _telling(self) -> Iterator[openai.OpenAI]:
        """The client; what it raises becomes a sentence."""
        with self._lock:
            if self._connected is None:
                self._connected = self._endpoint.connect()
            client = self._connected
        import httpx2
        import openai

        try:
            yield client
        except (openai.OpenAIError, httpx2.HTTPError, JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
            raise self._endpoint.told(error, client) from None


def _side_by_side(ask: Callable[[T], str], items: Sequence[T], most: int) -> list[str | ModelError]:
    """What `ask` says of each, or how it fails; of none after the first ModelUnavailable.

    Not an executor: whoever interrupts a program whose threads are not daemons waits for a minute-long answer.
    """
    made: list[str | ModelError | None] = [None] * len(items)
    places, lock, stop = iter(range(len(items))), threading.Lock(), threading.Event()
    broken: list[BaseException] = []

    def work() -> None:
        while not stop.is_set():
            with lock:
                place = next(places, None)
            if place is None:
                return
            try:
                made[place] = ask(items[place])
            except ModelError as error:
                made[place] = error
                if isinstance(error, ModelUnavailable):
                    stop.set()
            except BaseException as error:  # noqa: BLE001 - raised below, to who asked
                broken.append(error)
                stop.set()

    threads = [threading.Thread(target=work, daemon=True) for _ in range(min(most, len(items)))]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        stop.set()
    if broken:
        raise broken[0]
    last = next((one for one in made if isinstance(one, ModelUnavailable)), ModelUnavailable())
    return [last if one is None else one for one in made]


def _choice(made: Any) -> Any:
    """The first choice of an answer or of a chunk; None where it has none, as a web page."""
    choices = getattr(made, "choices", None)
    return choices[0] if choices and isinstance(choices, list) else None


def _message(turn: Turn, side: int) -> dict[str, Any]:
    if len(turn.parts) == 1 and isinstance(turn.parts[0], str):
        # servers of models without pictures, and some with, take no list here
        return {"role": turn.role, "content": turn.parts[0]}
    content = [
        {"type": "text", "text": part}
        if isinstance(part, str)
        else {"type": "image_url", "image_url": {"url": _data_url(part, side)}}
        for part in turn.parts
    ]
    return {"role": turn.role, "content": content}


def _data_url(picture: Image, side: int) -> str:
    longest = max(picture.size)
    small = picture
    if longest > side:
        size = (max(1, round(picture.width * side / longest)), max(1, round(picture.height * side / longest)))
        small = picture.resize(size, reducing_gap=3.0)
    small = small.convert("RGB")
    buffer = io.BytesIO()
    if small.getcolors(64):
        # a drawing or a screen of few colours (a grey photo has some 200): exact, and smaller than a JPEG
        small.save(buffer, "PNG")
        return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()
    small.save(buffer, "JPEG", quality=90, subsampling=0)
    return "data:image/jpeg;base64," + base64.b64encode(buffer.getvalue()).decode()
