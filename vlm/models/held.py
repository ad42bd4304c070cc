"""A transformers model held in memory: loaded when it is first needed, used by one at a time, given back when idle."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from vlm.cache import no_hub
from vlm.errors import ModelError, ModelUnavailable
from vlm.models.checkpoint import Checkpoint
from vlm.protocols import Generation
from vlm.tasks.guard import THOUGHTS

T = TypeVar("T")
Made = TypeVar("Made")
IDLE_SECONDS = 600.0
BATCH = 8

Load = Callable[[Path, dict[str, Any]], tuple[Any, Any]]
"""A folder and what `from_pretrained` is told, to (model, processor)."""
Inputs = Callable[[Any, Sequence[T]], Any]
"""The processor and some items, to the batch that `generate` takes: padded on the left, on no device yet."""


class Held:
    """What the families share. Any thread may ask; each waits for the one before it."""

    def __init__(self, checkpoint: Checkpoint, load: Load, idle_seconds: float = IDLE_SECONDS) -> None:
        self._checkpoint = checkpoint
        self._load = load
        self._idle_seconds = idle_seconds
        # not an RLock: whoever listens to `stream` may do so from one thread after another
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None
        self._alarm: threading.Timer | None = None
        self._batch = BATCH

    @cached_property
    def revision(self) -> str:
        """Which weights these are."""
        return self._checkpoint.weights

    @contextmanager
    def use(self) -> Iterator[tuple[Any, Any]]:
        """Model and processor, for oneself. Raises ModelUnavailable."""
        with self._lock:
            if self._alarm:
                self._alarm.cancel()
            if self._loaded is None:
                self._loaded = self._from_disk()
            try:
                yield self._loaded
            finally:
                self._alarm = threading.Timer(self._idle_seconds, self._close_idle)
                self._alarm.daemon = True
                self._alarm.start()

    def close(self) -> None:
        """Give the memory back; the next use loads again."""
        with self._lock:
            self._drop()

    def _close_idle(self) -> None:
        with self._lock:
            # used again while this alarm waited for the lock: a later one is set
            if threading.current_thread() is self._alarm:
                self._drop()

    def _drop(self) -> None:
        if self._alarm:
            self._alarm.cancel()
            self._alarm = None
        if self._loaded is None:
            return
        self._loaded = None
        gc.collect()
        import torch

        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def _from_disk(self) -> tuple[Any, Any]:
        folder, told = self._checkpoint.folder, self._checkpoint.loading()
        try:
            with no_hub(), _quiet():
                model, processor = self._load(folder, told)
        except Exception as error:  # noqa: BLE001 - safetensors, tokenizers, torch and transformers each raise their own
            said = (str(error).splitlines() or [type(error).__name__])[0][:200].rstrip(".")
            raise ModelUnavailable(
                f"{self._checkpoint.spec} cannot be loaded from {folder} ({said}); see what lies there, or choose another."
            ) from None
        return model.eval(), processor

    def chances(self, items: Sequence[T], inputs: Inputs[T], words: Sequence[str]) -> list[tuple[float, ...]]:
        """For each item how likely each word comes next, 0..1, summing to 1 over `words`: by its first token."""
        return self.each(items, lambda m, p, part: _next_word(m, p, inputs(p, part), words))

    def each(self, items: Sequence[T], do: Callable[[Any, Any, Sequence[T]], Sequence[Made]]) -> list[Made]:
        """What `do(model, processor, part)` makes of each item. A batch that does not fit into memory is halved, and stays so."""
        made: list[Made] = []
        with self.use() as (model, processor):
            while len(made) < len(items):
                part = items[len(made) : len(made) + self._batch]
                try:
                    made += do(model, processor, part)
                except RuntimeError as error:
                    if not out_of_memory(error):
                        raise ModelError(f"{self._checkpoint.spec} failed ({first_line(error)}).") from error
                    if len(part) == 1:
                        raise ModelError(
                            f"{self._checkpoint.spec} does not fit into memory, not even with one picture; "
                            "choose a smaller one or fewer bits (?bits=4)."
                        ) from None
                    self._batch = max(1, len(part) // 2)
        return made

    def write(self, items: Sequence[T], inputs: Inputs[T], how: Generation, **more: Any) -> list[str]:
        """What the model writes for each item."""
        return self.each(
            items, lambda model, processor, part: self._write(model, processor, inputs(processor, part), how, more)
        )

    def stream(self, item: T, inputs: Inputs[T], how: Generation, **more: Any) -> Iterator[str]:
        """What the model writes for one item, as it writes it. Ends the writing when nobody listens any more."""
        from transformers import StoppingCriteria, StoppingCriteriaList, TextIteratorStreamer

        gone = threading.Event()

        class NobodyListens(StoppingCriteria):  # type: ignore[misc]
            def __call__(self, input_ids: Any, scores: Any, **kwargs: Any) -> Any:
                import torch

                return torch.full((input_ids.shape[0],), gone.is_set(), device=input_ids.device)

        with self.use() as (model, processor):
            given = inputs(processor, [item]).to(model.device)
            aloud = Aloud(_tokenizer(processor), given["input_ids"][0].tolist())

            class WithoutThoughts(TextIteratorStreamer):  # type: ignore[misc]
                def put(self, value: Any) -> None:
                    if self.next_tokens_are_prompt:
                        super().put(value)
                    elif said := aloud.said(value.flatten().tolist()):
                        super().put(value.new_tensor(said))

            streamer = WithoutThoughts(_tokenizer(processor), skip_prompt=True, skip_special_tokens=True)
            failed: list[Exception] = []

            def run() -> None:
                try:
                    import torch

                    with torch.inference_mode():
                        model.generate(
                            **cast(given, model),
                            **generation(how, streaming=True),
                            **more,
                            streamer=streamer,
                            stopping_criteria=StoppingCriteriaList([NobodyListens()]),
                        )
                except Exception as error:  # noqa: BLE001 - told to who listens, below
                    failed.append(error)
                finally:
                    streamer.end()

            writer = threading.Thread(target=run, daemon=True)
            writer.start()
            try:
                yield from (piece for piece in streamer if piece)
            finally:
                gone.set()
                writer.join()
            if failed:
                raise ModelError(f"{self._checkpoint.spec} failed ({first_line(failed[0])}).") from failed[0]

    def _write(self, model: Any, processor: Any, given: Any, how: Generation, more: dict[str, Any]) -> list[str]:
        import torch

        given = given.to(model.device)
        if how.seed is not None:
            torch.manual_seed(how.seed)
        with torch.inference_mode():
            tokens = model.generate(**cast(given, model), **generation(how), **more)
        # an encoder-decoder, and a model that is given embeddings, answer without the prompt
        asked = given["input_ids"].shape[1] if _repeats_prompt(model, tokens, given) else 0
        tokenizer, prompts = _tokenizer(processor), given["input_ids"].tolist()
        rows = zip(prompts, tokens[:, asked:].tolist(), strict=False)
        said = [Aloud(tokenizer, prompt).said(row) for prompt, row in rows]
        return [text.strip() for text in tokenizer.batch_decode(said, skip_special_tokens=True)]


class Aloud:
    """Tells what is said from what is thought aloud before it, by the tokens that begin and end thoughts.

    By tokens, for the words that stand for them (`<|channel>`) are left out of the text like all special tokens.
    """

    def __init__(self, tokenizer: Any, prompt: Sequence[int]) -> None:
        # not the whole vocabulary: making that of Gemma's 262,144 words anew would take as long as some answers
        vocabulary = tokenizer.get_added_vocab()
        pairs = [(vocabulary[a], vocabulary[b]) for a, b in THOUGHTS if a in vocabulary and b in vocabulary]
        self._ends = dict(pairs)
        self._until: int | None = None
        # some templates begin the thinking, so that the model only ends it
        self.said(prompt if pairs else ())

    def said(self, tokens: Sequence[int]) -> list[int]:
        """The tokens, which go on from those before, without thoughts."""
        if not self._ends:
            return list(tokens)
        kept = []
        for token in tokens:
            if self._until is not None:
                self._until = None if token == self._until else self._until
            elif token in self._ends:
                self._until = self._ends[token]
            else:
                kept.append(token)
        return kept


class HeldModel:
    """A model of the registry that is held in memory: what each family adds is what it can be asked."""

    def __init__(self, checkpoint: Checkpoint, load: Load) -> None:
        self.spec = checkpoint.spec
        self.held = Held(checkpoint, load)

    @property
    def revision(self) -> str:
        """Which weights these are."""
        return self.held.revision

    def close(self) -> None:
        """Give the memory back."""
        self.held.close()


def generation(how: Generation, streaming: bool = False) -> dict[str, Any]:
    """`Generation` in the words of `generate`."""
    made: dict[str, Any] = {"max_new_tokens": how.most_tokens, "do_sample": how.temperature > 0}
    if how.temperature > 0:
        made |= {"temperature": how.temperature, "top_p": how.top_p}
    if how.beams > 1 and not streaming:
        made["num_beams"] = how.beams
    if how.repetition_penalty != 1.0:
        made["repetition_penalty"] = how.repetition_penalty
    return made


def _next_word(model: Any, processor: Any, given: Any, words: Sequence[str]) -> list[tuple[float, ...]]:
    import torch

    given = given.to(model.device)
    tokenizer = _tokenizer(processor)
    ids = [tokenizer(word, add_special_tokens=False)["input_ids"][0] for word in words]
    with torch.inference_mode():
        # padded on the left: the last place is what each row goes on from
        scores = model(**cast(given, model)).logits[:, -1, ids].float()
    return [tuple(row) for row in scores.softmax(-1).cpu().tolist()]


def _repeats_prompt(model: Any, tokens: Any, given: Any) -> bool:
    import torch

    asked = given["input_ids"]
    beginning = tokens[:, : asked.shape[1]]
    return not model.config.is_encoder_decoder and beginning.shape == asked.shape and torch.equal(beginning, asked)


def cast(given: Any, model: Any) -> dict[str, Any]:
    """Pictures in the number type that the model computes in; ids and masks as they are."""
    return {
        name: value.to(model.dtype) if hasattr(value, "is_floating_point") and value.is_floating_point() else value
        for name, value in given.items()
    }


def _tokenizer(processor: Any) -> Any:
    return getattr(processor, "tokenizer", processor)


def out_of_memory(error: RuntimeError) -> bool:
    """Whether there was not enough memory, of the graphics card or the machine."""
    from accelerate.utils.memory import should_reduce_batch_size

    return bool(should_reduce_batch_size(error))


def first_line(error: Exception) -> str:
    """What an error of a library says, short enough to stand in a sentence."""
    return (str(error).splitlines() or [type(error).__name__])[0][:200].rstrip(".")


@contextmanager
def _quiet() -> Iterator[None]:
    """Loading draws bars and warns of what is no matter to who searches pictures."""
    from transformers.utils import logging as theirs

    before, bars = theirs.get_verbosity(), theirs.is_progress_bar_enabled()
    theirs.set_verbosity(logging.CRITICAL)
    theirs.disable_progress_bar()
    try:
        yield
    finally:
        theirs.set_verbosity(before)
        if bars:
            theirs.enable_progress_bar()
