"""How many processes run at a time, and whose turn it is."""

import heapq
import itertools
import threading
from contextlib import contextmanager


class Slots:
    """So many at a time; whoever came first is first, except that a country's last stage waits for all other stages.

    Last stages are the longest and stand alone: begun last, they end side by side, and none is left over for one core.
    """

    def __init__(self, number):
        """Make so many slots."""
        self._free, self._waiting, self._order, self._moved = (
            number,
            [],
            itertools.count(),
            threading.Condition(),
        )

    @contextmanager
    def one(self, last=False):
        """Wait for a slot and hold it for a while."""
        with self._moved:
            turn = (last, next(self._order))
            heapq.heappush(self._waiting, turn)
            self._moved.wait_for(lambda: self._free and self._waiting[0] == turn)
            heapq.heappop(self._waiting)
            self._free -= 1
            self._moved.notify_all()  # there may be room for the next in turn too
        try:
            yield
        finally:
            with self._moved:
                self._free += 1
                self._moved.notify_all()
