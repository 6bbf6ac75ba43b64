"""Moonshine (Jeffries et al., arXiv 2410.15608) on onnxruntime: beam search, phrase bias."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.dictation.bias import PhraseBias
from workstation.dictation.engines import Bias, Capabilities
from workstation.dictation.narrowing import narrowed
from workstation.dictation.tokens import END, START, Tokens
from workstation.domain.dictation import SAMPLE_RATE, Heard, HeardWord

#: The model speaks at most so many tokens in a second of sound; more of them is a loop.
_TOKENS_PER_SECOND = 6.5
#: The encoder needs a few frames; shorter sounds are padded with silence.
_LEAST_SAMPLES = SAMPLE_RATE // 2
#: So many tokens that were said before make what follows them a repetition.
_SAME_WORDS = 3

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class MoonshineFiles:
    """The parts of one model on this disk."""

    encoder: Path
    decoder: Path
    tokenizer: Path


@dataclass(frozen=True, slots=True)
class MoonshineRecipe:
    """One model by its name."""

    name: str
    files: MoonshineFiles

    @property
    def label(self) -> str:
        return f"Moonshine {self.name}"

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(partials=True, bias=Bias.PHRASES, confidence=True)

    def make(self, threads: int) -> Moonshine:
        return Moonshine(self.name, self.files, threads=threads)


@dataclass(slots=True)
class _Hypothesis:
    tokens: list[int]
    #: log probability of each token, without any bonus
    chances: list[float]
    score: float
    node: int


def _session(model: str | bytes, threads: int) -> Any:
    # Only where somebody listens: the worklist must not wait for this library.
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Threads that wait by turning round keep the cores from whoever has work: where images are
    # decoded meanwhile, a sentence took twice as long.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _decoder_of(files: MoonshineFiles) -> str | bytes:
    """What a session is made of: a decoder in ONNX was rewritten when it was installed, and can be
    narrowed; one in ORT format is run as it is."""
    if files.decoder.suffix == ".onnx":
        return narrowed(files.decoder.read_bytes())
    return str(files.decoder)


def _log_softmax(logits: Array) -> Array:
    shifted = logits - logits.max(axis=-1, keepdims=True)
    chances: Array = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return chances


def _best(values: Array, count: int) -> Array:
    """Where the `count` largest stand, the largest first."""
    blocks = values.reshape(-1, math.gcd(len(values), 512)).max(axis=1)
    if len(blocks) < count:
        return np.argsort(-values, kind="stable")[:count]
    # So many blocks reach this, each with a value at least: a cheap look at all the others.
    bound = np.partition(blocks, -count)[-count]
    found = np.flatnonzero(values >= bound)
    return found[np.argsort(-values[found], kind="stable")][:count]


def said_again(tokens: Sequence[int]) -> list[int]:
    """What followed the last words where they were said before. A phrase gains once: otherwise it
    is written over and over, since each time gains again."""
    last = tuple(tokens[-_SAME_WORDS:])
    return [
        tokens[at]
        for at in range(_SAME_WORDS, len(tokens))
        if tuple(tokens[at - _SAME_WORDS : at]) == last
    ]


class Moonshine:
    """One model in memory; not for several threads at once. `threads`: those of the encoder."""

    def __init__(self, name: str, files: MoonshineFiles, *, threads: int = 1) -> None:
        self.name = name
        self._encoder = _session(str(files.encoder), threads)
        # A step of the decoder is short: a second thread waits longer than it works.
        self._decoder = _session(_decoder_of(files), 1)
        self._tokens = Tokens(files.tokenizer)
        self._encoder_inputs = {each.name for each in self._encoder.get_inputs()}
        self._decoder_inputs = {each.name for each in self._decoder.get_inputs()}
        self._cache = [
            (each.name, each.shape[1], each.shape[3])
            for each in self._decoder.get_inputs()
            if each.name.startswith("past_key_values")
        ]
        self._bias = PhraseBias(())

    def set_phrases(self, phrases: Sequence[str]) -> None:
        """Make these likelier; as they are written and with a capital."""
        forms = dict.fromkeys(
            form for phrase in phrases for form in (phrase, phrase[:1].upper() + phrase[1:])
        )
        self._bias = PhraseBias(
            [self._tokens.encode(word) for word in form.split()] for form in forms
        )

    def decode(
        self,
        samples: NDArray[np.int16],
        *,
        beams: int = 1,
        stop: Callable[[], bool] = lambda: False,
    ) -> Heard:
        """What was said in one utterance of at most 12 s; `stop` ends it early."""
        sound = samples.astype(np.float32) / 32768.0
        if len(sound) < _LEAST_SAMPLES:
            sound = np.concatenate([sound, np.zeros(_LEAST_SAMPLES - len(sound), np.float32)])
        inputs: dict[str, Array] = {"input_values": sound[None]}
        if "attention_mask" in self._encoder_inputs:
            inputs["attention_mask"] = np.ones((1, len(sound)), np.int64)
        states = self._encoder.run(None, inputs)[0]
        limit = int(len(sound) / SAMPLE_RATE * _TOKENS_PER_SECOND) + 8
        found = self._search(states, len(sound), limit, beams, stop)
        return Heard(self._words(found), len(samples) / SAMPLE_RATE, self.name)

    def measure(self, seconds: float, tokens: int, beams: int) -> None:
        """Do the work of a sentence of that length, whatever is heard in faint noise."""
        noise = np.random.default_rng(0).normal(0, 0.01, int(seconds * SAMPLE_RATE))
        inputs: dict[str, Array] = {"input_values": noise[None].astype(np.float32)}
        if "attention_mask" in self._encoder_inputs:
            inputs["attention_mask"] = np.ones((1, noise.size), np.int64)
        states = self._encoder.run(None, inputs)[0]
        self._search(states, noise.size, tokens, beams, lambda: False, to_the_end=True)

    # -- search ----------------------------------------------------------------------------

    def _search(
        self,
        states: Array,
        samples: int,
        limit: int,
        beams: int,
        stop: Callable[[], bool],
        *,
        to_the_end: bool = False,
    ) -> list[_Hypothesis]:
        """What may have been said, the likeliest first; what was not written to its end last."""
        live = [_Hypothesis([], [], 0.0, 0)]
        done: list[_Hypothesis] = []
        cache: dict[str, Array] = {
            name: np.zeros((1, heads, 0, width), np.float32) for name, heads, width in self._cache
        }
        for step in range(limit):
            if stop():
                break
            last = [each.tokens[-1] if each.tokens else START for each in live]
            chances, fresh = self._step(last, states, samples, cache, first=step == 0)
            grown, parents = self._grow(live, chances, beams, done)
            live = grown  # never empty: a beam may end, and all other tokens go on
            over = bool(done) and max(d.score for d in done) >= max(h.score for h in live)
            if over and not to_the_end:
                break
            index = np.array(parents)
            for name, _, _ in self._cache:
                if ".decoder." in name:
                    cache[name] = fresh[name][index]
                elif step == 0:
                    # The sound is the same for all hypotheses: once is enough for all of them.
                    cache[name] = fresh[name]
        ended, begun = (sorted(each, key=lambda h: -h.score) for each in (done, live))
        return [*ended, *begun]

    def _step(
        self, last: list[int], states: Array, samples: int, cache: dict[str, Array], *, first: bool
    ) -> tuple[Array, dict[str, Array]]:
        """Log probabilities (hypotheses, tokens) and the caches after one more token."""
        inputs: dict[str, Array] = {
            "input_ids": np.array(last, np.int64)[:, None],
            "encoder_hidden_states": states,
            "use_cache_branch": np.array([not first]),
            **cache,
        }
        if "encoder_attention_mask" in self._decoder_inputs:
            # As long as the sound in samples, not as the encoder's frames.
            inputs["encoder_attention_mask"] = np.ones((1, samples), np.int64)
        found = self._decoder.run(None, inputs)
        fresh = {name: found[1 + at] for at, (name, _, _) in enumerate(self._cache)}
        return _log_softmax(found[0][:, -1]), fresh

    def _grow(
        self, live: list[_Hypothesis], chances: Array, beams: int, done: list[_Hypothesis]
    ) -> tuple[list[_Hypothesis], list[int]]:
        scores = chances.copy()
        for row, held in enumerate(live):
            if self._bias:
                moves = self._bias.moves(held.node)
                scores[row] += moves.otherwise
                scores[row, moves.tokens] = chances[row, moves.tokens] + moves.bonus
                again = said_again(held.tokens)
                scores[row, again] = np.minimum(scores[row, again], chances[row, again])
            scores[row] += held.score
        flat = scores.ravel()
        top = _best(flat, 2 * beams)
        grown: list[_Hypothesis] = []
        parents: list[int] = []
        for at in top:
            row, token = divmod(int(at), scores.shape[1])
            held = live[row]
            chain = [*held.chances, float(chances[row, token])]
            if token == END:
                if len(grown) < beams:
                    done.append(_Hypothesis(held.tokens, chain, float(flat[at]), 0))
                continue
            if len(grown) == beams:
                break
            node = self._node(held.node, token)
            grown.append(_Hypothesis([*held.tokens, token], chain, float(flat[at]), node))
            parents.append(row)
        return grown, parents

    def _node(self, node: int, token: int) -> int:
        if not self._bias:
            return 0
        moves = self._bias.moves(node)
        at = np.flatnonzero(moves.tokens == token)
        return int(moves.nodes[at[0]]) if len(at) else 0

    # -- words -----------------------------------------------------------------------------

    def _words(self, found: Sequence[_Hypothesis]) -> tuple[HeardWord, ...]:
        """The words of the first, with the geometric mean of the probabilities of their tokens.
        Where the sense turns on a word, what the others say alike is counted with it."""
        # Only where somebody listens, as above: it brings the tables of the writing rules.
        from workstation.dictation.agreeing import alike, says

        best, *others = found
        starts = [
            at for at, token in enumerate(best.tokens) if at == 0 or self._tokens.begins_word(token)
        ]
        words = []
        for begin, end in itertools.pairwise((*starts, len(best.tokens))):
            text = self._tokens.decode(best.tokens[begin:end])
            chances = best.chances[begin:end]
            if says(text):
                chances = alike(best, begin, end, others, self._tokens.decode)
            confidence = min(1.0, float(np.exp(np.mean(chances))))
            words += [HeardWord(word, confidence) for word in text.split()]
        return tuple(words)
