"""Steps run on a Dask cluster whose machines share a disk with this one."""

import platform
from collections.abc import Callable
from functools import lru_cache
from multiprocessing import current_process
from pathlib import Path
from typing import Any

from cop.data import Refused
from cop.run import fingerprints
from cop.run.workers import Failed, Workers

SECONDS = "30s"  # that the scheduler and its first worker may take to answer
DAEMON = "may start processes (DASK_DISTRIBUTED__WORKER__DAEMON=False)"


class Cluster:
    """The workers behind a scheduler's address, used as `Workers` are."""

    def __init__(self, address: str, outputs: Path, data: str) -> None:
        """Connect; raise Refused unless each worker has the same code, libraries and disk."""
        try:
            from distributed import Client
        except ImportError:
            why = "`--scheduler` needs Dask: install this project with its extra `cluster`"
            raise Refused(why) from None
        self.data, expected = data, describe(outputs)
        try:
            self.client = Client(address, timeout=SECONDS, security=security(address))
            self.client.wait_for_workers(1, timeout=SECONDS)
            workers = self.client.run(describe, outputs)
        except (OSError, TimeoutError, ValueError, TypeError) as error:
            why = f"no scheduler with workers answers at {address} ({error})"
            raise Refused(why) from None
        except ImportError as error:
            raise Refused(f"a worker does not have this project ({error})") from None
        for name, worker in workers.items():
            wrong = [f"{part}: {worker[part]} instead of {state}"
                     for part, state in expected.items() if worker[part] != state]  # fmt: skip
            if wrong:
                raise Refused(f"the worker {name} differs from this machine ({', '.join(wrong)})")
        self.slots = sum(self.client.nthreads().values())

    def run(self, function: Callable, *arguments: Any, timeout: float | None, log=None) -> Any:
        """Return what a function returns that runs in a new process of a worker, as `Workers`."""
        task = run_here, self.data, function, arguments, timeout
        try:
            return self.client.submit(*task, pure=False).result()
        except Failed:
            raise
        except Exception as error:  # of the cluster: a worker lost three times, no scheduler
            raise Failed(None, type(error).__name__, str(error)) from None

    def stop(self) -> None:
        """Stop what has not begun and leave the cluster."""
        self.client.close()


def run_here(data: str, function: Callable, arguments: tuple, timeout: float | None) -> Any:
    """Run a function in a new process of this worker."""
    return _workers(data).run(function, *arguments, timeout=timeout)


@lru_cache(maxsize=1)
def _workers(data):
    return Workers(1, data)


def describe(outputs: Path) -> dict[str, object]:
    """Return what must be the same on all machines."""
    about = {"Python": platform.python_version(), "libraries": fingerprints.libraries()}
    about |= {"code": fingerprints.code(), "the outputs folder": Path(outputs).is_dir()}
    return about | {DAEMON: not current_process().daemon}


def security(address: str) -> object:
    """Return Dask's Security for an address; raise Refused unless encrypted or on this machine."""
    from distributed.security import Security

    scheme, _, rest = address.rpartition("://")
    host = rest.rpartition(":")[0].strip("[]")
    stated = Security(require_encryption=True) if scheme == "tls" else Security()
    if scheme == "tls":
        if stated.tls_ca_file and stated.tls_client_key and stated.tls_client_cert:
            return stated
        raise Refused(f"{address} needs certificates: set DASK_CONFIG to their folder")
    if host in ("localhost", "::1") or host.startswith("127."):
        return stated
    why = "would be reached without encryption, and whoever reaches it can run code there"
    raise Refused(f"{address} {why}: make certificates and name tls://… (docs/guide.md)")
