"""Run the steps of jobs on a Dask cluster that shares a disk with this machine."""

import platform
from collections.abc import Callable
from functools import lru_cache
from multiprocessing import current_process
from pathlib import Path
from typing import Any

from cop.data import UserError
from cop.run import fingerprints
from cop.run.workers import Workers

SECONDS = "30s"  # timeout for the scheduler and its first worker
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
DAEMON = "setting DASK_DISTRIBUTED__WORKER__DAEMON (must be False)"
STATE = ("Python", "libraries", "code", "outputs folder", DAEMON)  # must be equal on all machines


class Cluster:
    """Workers of a Dask scheduler, with the same interface as `Workers`."""

    def __init__(self, address: str, outputs: Path, data: str) -> None:
        """Connect to the scheduler at `address`; `outputs` and `data` are on the shared disk.

        Raises UserError without Dask, TLS, a connection, or a ready worker in the same state.
        """
        try:
            from distributed import Client
        except ImportError:
            why = "`--scheduler` requires Dask; run `python -m pip install '.[cluster]'`"
            raise UserError(why) from None
        scheme, _, host = address.rpartition("://")
        if scheme != "tls" and host.rpartition(":")[0] not in LOOPBACK:
            why = "would not be encrypted, so others could run code on the cluster"
            fix = "create certificates and use tls://… (see docs/guide.md, section Many machines)"
            raise UserError(f"the connection to {address} {why}; {fix}")
        try:
            self.client = Client(address, timeout=SECONDS)  # Dask's own settings name certificates
            self.client.wait_for_workers(1, timeout=SECONDS)
            workers = self.client.run(describe, outputs)
        except (OSError, TimeoutError, ValueError, TypeError, ImportError) as error:
            raise UserError(
                f"could not connect to a cluster at {address} ({error}); start its scheduler and a "
                "worker with this project installed, or correct the address or the certificates"
            ) from None
        expected = describe(outputs)
        for name, state in workers.items():
            wrong = " and ".join(STATE[n] for n, value in enumerate(state) if value != expected[n])
            if wrong:
                raise UserError(f"worker {name} differs from this machine; correct its {wrong}")
        self.data, self.slots = data, sum(self.client.nthreads().values())

    def run(self, function: Callable, *arguments: Any, timeout: float | None, log=None) -> Any:
        """Run a function on a worker and return its result, like `Workers.run`. Ignores `log`."""
        future = self.client.submit(run_here, self.data, function, arguments, timeout, pure=False)
        return future.result()

    def stop(self) -> None:
        """Cancel pending work and disconnect. Work that is already running continues."""
        self.client.close()


def run_here(data: str, function: Callable, arguments: tuple, timeout: float | None) -> Any:
    """Call `Workers.run` in the process of a Dask worker, and return its result."""
    return _workers(data).run(function, *arguments, timeout=timeout)


@lru_cache(maxsize=1)
def _workers(data):
    return Workers(1, data)


def describe(outputs: Path) -> list[object]:
    """Return the state of this machine, with one value for each name in STATE."""
    versions = platform.python_version(), fingerprints.libraries(), fingerprints.code()
    return [*versions, outputs.is_dir(), current_process().daemon]
