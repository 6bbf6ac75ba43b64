"""Moonshine (Jeffries et al., arXiv 2410.15608) on onnxruntime: beam search, phrase bias."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.dictation.bias import PhraseBias
from workstation.dictation.engines import Bias, Capabilities
from workstation.dictation.tokens import END, START, Tokens
from workstation.domain.dictation import SAMPLE_RATE, Heard, HeardWord

#: The model speaks at most so many tokens in a second of sound; more of them is a loop.
_TOKENS_PER_SECOND = 6.5
#: The encoder needs a few frames; shorter sounds are padded with silence.
_LEAST_SAMPLES = SAMPLE_RATE // 2

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


class Moonshine:
    """One model in memory; not for several threads at once."""

    def __init__(self, name: str, files: MoonshineFiles, *, threads: int = 1) -> None:
        # Only where somebody listens: the worklist must not wait for this library.
        import onnxruntime

        options = onnxruntime.SessionOptions()
        # A second thread costs as much processor time again and saves little.
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        providers = ["CPUExecutionProvider"]
        self.name = name
        self._encoder = onnxruntime.InferenceSession(
            str(files.encoder), options, providers=providers
        )
        self._decoder = onnxruntime.InferenceSession(
            str(files.decoder), options, providers=providers
        )
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
        return Heard(self._words(found[0]), len(samples) / SAMPLE_RATE, self.name)

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
        return sorted(done or live, key=lambda each: each.score, reverse=True)

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

    def _words(self, best: _Hypothesis) -> tuple[HeardWord, ...]:
        """Words with the geometric mean of the probabilities of their tokens."""
        groups: list[tuple[list[int], list[float]]] = []
        for token, chance in zip(best.tokens, best.chances, strict=False):
            if not groups or self._tokens.begins_word(token):
                groups.append(([], []))
            groups[-1][0].append(token)
            groups[-1][1].append(chance)
        found = []
        for tokens, chances in groups:
            confidence = min(1.0, float(np.exp(np.mean(chances))))
            for text in self._tokens.decode(tokens).split():
                found.append(HeardWord(text, confidence))
        return tuple(found)
