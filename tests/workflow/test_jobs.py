"""The one background helper."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from workstation.workflow.jobs import CancelToken, Jobs, Lane


@pytest.fixture
def failures() -> list[BaseException]:
    return []


@pytest.fixture
def jobs(failures: list[BaseException]) -> Iterator[Jobs]:
    running = Jobs(failures.append, threads=2)
    yield running
    running.close()


def test_interaction_runs_while_a_prefetch_blocks_the_other_thread(jobs: Jobs) -> None:
    release, done = threading.Event(), threading.Event()
    jobs.submit(lambda _: release.wait(10), lane=Lane.PREFETCH)
    jobs.submit(lambda _: None, lane=Lane.INTERACTION, on_done=lambda _: done.set())
    assert done.wait(60)
    release.set()


def test_a_visible_job_overtakes_prefetches_that_wait(jobs: Jobs) -> None:
    order: list[str] = []
    release, started, finished = threading.Event(), threading.Event(), threading.Event()

    def block(_: CancelToken) -> None:
        started.set()
        release.wait(10)

    jobs.submit(block, lane=Lane.VISIBLE)
    assert started.wait(60)
    jobs.submit(
        lambda _: order.append("prefetch"), lane=Lane.PREFETCH, on_done=lambda _: finished.set()
    )
    jobs.submit(lambda _: order.append("visible"), lane=Lane.VISIBLE)
    release.set()
    assert finished.wait(60)
    assert order == ["visible", "prefetch"]


def test_a_failure_nobody_handles_reaches_the_common_place(
    jobs: Jobs, failures: list[BaseException]
) -> None:
    job = jobs.submit(lambda _: 1 / 0)
    assert job.finished.wait(60)
    assert isinstance(failures[0], ZeroDivisionError)


def test_cancelled_work_calls_nobody_back(jobs: Jobs, failures: list[BaseException]) -> None:
    started = threading.Event()
    called: list[object] = []

    def work(token: CancelToken) -> None:
        started.set()
        token.wait(10)
        token.raise_if_cancelled()

    job = jobs.submit(work, on_done=called.append, on_failed=called.append)
    assert started.wait(60)
    job.cancel()
    assert job.finished.wait(60)
    assert called == []
    assert failures == []


def test_closing_cancels_what_runs_and_what_waits() -> None:
    jobs = Jobs(lambda error: None, threads=2)
    started = threading.Event()

    def work(token: CancelToken) -> None:
        started.set()
        token.wait(30)

    running = jobs.submit(work)
    assert started.wait(60)
    waiting = jobs.submit(lambda _: None)
    jobs.close()
    assert running.token.cancelled
    assert waiting.finished.is_set()
    assert jobs.submit(lambda _: None).token.cancelled
