"""As many as allowed are open at once, and what is closed makes room."""

from sekretarka.core.web.concurrency_limiter import ConcurrencyLimiter


def test_as_many_as_allowed_and_one_more_after_a_release() -> None:
    limiter = ConcurrencyLimiter()
    assert [limiter.acquire("a", 2) for _ in range(3)] == [True, True, False]
    assert limiter.acquire("b", 2), "others have limits of their own"
    limiter.release("a")
    assert [limiter.acquire("a", 2) for _ in range(2)] == [True, False]
    for key in "aab":
        limiter.release(key)
    assert len(limiter) == 0
