"""The same plan on a Dask cluster: a country is a task, gets its data and sends back its files.

No disk is shared. A worker has this project installed in the same version; a country whose worker
is lost is begun again on another.
"""

import hashlib
import io
import json
import platform
import shutil
import subprocess
import tarfile
import tempfile
from concurrent.futures import Future
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

from cop.data import Refused, standing_on
from cop.run import execute, plan
from cop.run.dependencies import Code
from cop.run.execute import Outcome
from cop.run.plan import Job
from cop.run.process import Machine

PRIVATE = ("restricted", ".pending", ".lock")  # what people said in confidence stays here
PATIENCE = "10s"
COMING_UP = "30s"  # a worker, while this machine gets ready too
RETRIES = 3  # of a country whose worker fails
CERTIFICATES = ("ca.pem", "certificate.pem", "key.pem")


class Cluster:
    """Where jobs are run: the workers behind a scheduler's address."""

    def __init__(self, address: str, data: Path) -> None:
        """Connect, compare versions and send the data.

        Raises Refused in one sentence where that cannot be done.
        """
        try:
            from distributed import Client
        except ImportError:
            raise Refused(
                "`--scheduler` needs Dask: install this project with its extra `cluster`"
            ) from None
        try:
            self.client = Client(address, timeout=PATIENCE, security=security(address))
        except (OSError, TimeoutError, ValueError, TypeError) as error:
            raise Refused(f"no scheduler answers at {address} ({error})") from None
        self._compare()
        self._send(pack(data))

    def submit(self, job: Job, date: str, force: bool) -> Future:
        """Give the future of a job's outcomes and files."""
        about = job.key, job.parameters.get("edition"), job.language, job.timeout
        done, call = Future(), (at_worker, self.data, *about, date, self.about)
        made = self.client.submit(*call, retries=RETRIES, pure=False)
        made.add_done_callback(lambda made: _hand_over(made, done))
        return done

    def take(self, job: Job, done: Future) -> list[Outcome]:
        """Put the files that a job sent back in their place; give its outcomes."""
        try:
            outcomes, files = done.result()
        except Exception as error:  # the cluster's own: workers lost three times, a scheduler gone
            cause = type(error).__name__
            return [Outcome(job.key, "cluster", "failed", 0.0, None, cause, str(error))]
        shutil.rmtree(job.making, ignore_errors=True)
        unpack(files, job.making)
        if outcomes[-1].status == "ok":
            execute.finish(job, outcomes)
        return outcomes

    def stop(self) -> None:
        """Give up what has not begun and leave the cluster."""
        self.client.close()

    def _send(self, packed):
        """Send the data, and let every worker unpack them and warm up, while this machine does."""
        # Given by a task: where the only worker that holds them is lost, they are sent again.
        self.data = self.client.submit(as_sent, packed, pure=False)
        ask = {"pure": False, "allow_other_workers": False}
        workers = self.client.scheduler_info(n_workers=-1)["workers"]
        self._warm = [
            self.client.submit(warm_up, self.data, workers=[one], **ask) for one in workers
        ]

    def _compare(self):
        """Raise Refused unless every worker runs what runs here, and may start processes."""
        self.about = about_this_place()
        try:
            self.client.wait_for_workers(1, timeout=COMING_UP)
        except TimeoutError:
            raise Refused("the scheduler has no workers yet; start some and call again") from None
        try:
            workers = self.client.run(about_this_worker)
        except Exception as error:  # whatever a worker raises that cannot import this module
            cause = type(error).__name__
            raise Refused(f"a worker does not have this project ({cause}: {error})") from None
        for name, there in workers.items():
            _refuse_another(name, there, self.about)
        if not all(self.client.run(_may_start_processes).values()):
            raise Refused(
                "the workers may not start processes: start them with "
                "DASK_DISTRIBUTED__WORKER__DAEMON=False in their environment"
            )


def _hand_over(made, done):
    """Fetch what a worker made as soon as it is there, and let the cluster forget it: else, of a
    worker that is lost later, all that it ever made would be made again.
    """
    try:
        done.set_result(made.result())
    except BaseException as error:  # whatever it is, who waits is told
        done.set_exception(error)
    made.release()


def about_this_place() -> dict[str, str]:
    """Give what must be the same on both sides: versions, and the state of code and notebooks."""
    names = ("cop-assessment", "distributed", "pandas", "matplotlib", "papermill", "nbconvert")
    notebooks = b"".join(p.read_bytes() for p in sorted(plan.NOTEBOOKS.glob("*.ipynb")))
    state = hashlib.sha256(Code().digest.encode() + notebooks).hexdigest()[:12]
    python = {"Python": platform.python_version()}
    return python | {name: version(name) for name in names} | {"code and notebooks": state}


@lru_cache(maxsize=1)
def _as_begun():
    return about_this_place()


def about_this_worker() -> dict[str, str]:
    """Give the same of a worker: what it began with, as it runs that; what changed since is said
    too, so that it is the same as nothing else.
    """
    begun, now = _as_begun(), about_this_place()
    return {
        part: begun[part] if begun[part] == now[part] else f"{begun[part]}, by now {now[part]}"
        for part in begun
    }


def _refuse_another(name, there, here):
    """Raise Refused unless a worker is the same as the machine that calls."""
    other = [
        f"{part} {there[part]} (here {here[part]})" for part in here if there[part] != here[part]
    ]
    if other:
        raise Refused(f"the worker {name} is not the same as this machine: {', '.join(other)}")


def security(address: str) -> object:
    """Give Dask's Security for an address: encrypted, or on this machine.

    Raises Refused for an open address of another machine, and where no certificates are set.
    """
    from distributed.security import Security

    scheme, _, rest = address.rpartition("://")
    host = rest.rpartition(":")[0].strip("[]")
    if scheme == "tls":
        stated = Security(require_encryption=True)
        if not (stated.tls_ca_file and stated.tls_client_key and stated.tls_client_cert):
            raise Refused(f"{address} needs certificates: set DASK_CONFIG to their folder")
        return stated
    if host == "localhost" or host.startswith("127.") or host == "::1":
        return Security()
    raise Refused(
        f"{address} would be reached without encryption, and whoever reaches it runs code there: "
        "make certificates with `cop cluster-certificates DIR` and call tls://… (docs/cluster.md)"
    )


def certify(folder: Path, days: int = 365) -> list[str]:
    """Make what every machine of a cluster needs, in a folder of its own; give the names.

    An authority whose key is thrown away signs one certificate; who holds it and its key may join.
    Raises Refused where the folder holds something, could be committed, or openssl is not there.
    """
    folder = Path(folder).resolve()
    if folder.exists() and any(folder.iterdir()):
        raise Refused(f"{folder} is not empty; name a new folder")
    if any((parent / ".git").exists() for parent in folder.parents):
        raise Refused(f"{folder} lies in a repository, and a key must not: name another folder")
    if not shutil.which("openssl"):
        raise Refused("openssl makes the certificates, and it is not on this machine")
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = folder.with_name(f".{folder.name}.part")  # what a kill left there goes
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(mode=0o700)
    try:
        _openssl(aside, days)
        (aside / "dask.yaml").write_text(_settings(folder), encoding="utf-8")
        _keep_alone(aside, {*CERTIFICATES, "dask.yaml"})
        aside.replace(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return [*CERTIFICATES, "dask.yaml"]


def _keep_alone(folder, names):
    """Keep these files of a folder, for their owner alone; the authority's key goes."""
    for path in folder.iterdir():
        path.chmod(0o600) if path.name in names else path.unlink()


def _openssl(folder, days):
    """Let openssl make the keys, the authority and the certificate; raises Refused as it says."""
    key = "ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
    (folder / "use").write_text("basicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth,clientAuth")
    calls = (
        f"req -x509 -newkey {key} -days {days} -subj /CN=cop-cluster -keyout ca-key -out ca.pem",
        f"req -newkey {key} -subj /CN=cop-machine -keyout key.pem -out request",
        f"x509 -req -in request -CA ca.pem -CAkey ca-key -set_serial 1 -days {days} -extfile use "
        "-out certificate.pem",
    )
    for call in calls:
        done = subprocess.run(
            ["openssl", *call.split()], cwd=folder, umask=0o077, capture_output=True, text=True
        )
        if done.returncode:
            raise Refused(f"openssl made no certificates: {done.stderr.strip().splitlines()[-1]}")


def _settings(folder):
    """Give Dask's settings: encrypted or not at all, by these files; processes; none watches itself
    a hundred times a second.
    """
    pair = {"cert": str(folder / "certificate.pem"), "key": str(folder / "key.pem")}
    tls = {"ca-file": str(folder / "ca.pem"), "scheduler": pair, "worker": pair, "client": pair}
    comm = {"require-encryption": True, "default-scheme": "tls", "tls": tls}
    worker = {"daemon": False, "profile": {"enabled": False}}
    return json.dumps({"distributed": {"comm": comm, "worker": worker}}, indent=2)


def at_worker(
    data: bytes, key: str, edition: str | None, language: str, timeout: int, date: str, caller: dict
) -> tuple:
    """Run a country on a worker from the data sent; give outcomes and an archive of files.

    Raises Refused where the worker came up, after all were compared, as another than its caller.
    """
    from distributed import get_worker

    _refuse_another(get_worker().address, _as_begun(), caller)
    warm_up(data)
    machine = _machine(get_worker().state.nthreads)
    with tempfile.TemporaryDirectory(prefix="cop-") as folder:
        outputs, place = Path(folder) / "outputs", _unpacked_once(data)
        if edition:
            job = plan.of_country(key, place, outputs, edition, timeout, language)
        else:
            job = plan.of_baseline(key, place, outputs, timeout, language)
        outcomes = execute.run(job, date, machine, force=True)
        return outcomes, _made(job)


def as_sent(data: bytes) -> bytes:
    """Give a worker of the cluster the data as they were sent to it."""
    return data


def warm_up(data: bytes) -> None:
    """Let a worker unpack the data sent and its template start with them, once; returns before it
    is ready.
    """
    from distributed import get_worker

    machine = _machine(get_worker().state.nthreads)
    machine.warm_up(plan.seen_from_notebooks(_unpacked_once(data)))


@lru_cache(maxsize=1)
def _machine(slots: int) -> Machine:
    """Give the worker's machine: all its threads share one."""
    return execute.this_machine(slots)


def pack(data: Path) -> bytes:
    """Give a data folder, with those it stands on, as an archive for workers of a cluster.

    In it 0/ stands on 1/ and so on.
    """
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=1) as archive:
        for number, folder in enumerate(standing_on(data)):
            archive.add(
                folder,
                str(number),
                filter=lambda member: None if _is_private(member.name) else member,
            )
    return packed.getvalue()


def unpack(archive: bytes, folder: Path) -> None:
    """Put the files of an archive into a folder of a worker."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        packed.extractall(folder, filter="data")


def _unpacked_once(archive):
    """Give the data folder of an archive, unpacked in the worker's folder and gone with it."""
    from distributed import get_worker

    place = (
        Path(get_worker().local_directory) / f"cop-data-{hashlib.sha256(archive).hexdigest()[:16]}"
    )
    if not place.exists():
        aside = Path(tempfile.mkdtemp(dir=place.parent))
        unpack(archive, aside)
        for own in aside.glob("*/datapackage.json"):
            stated = json.loads(own.read_bytes())
            if "cop:base" in stated:
                stated["cop:base"] = f"../{int(own.parent.name) + 1}"
                own.write_text(json.dumps(stated), encoding="utf-8")
        try:
            aside.rename(place)
        except OSError:  # another thread was first
            shutil.rmtree(aside)
    return place / "0"


def _made(job):
    """Give what a job made, whole or not, as the folder `making` was."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=1) as archive:
        for folder in (job.making, job.ready):
            if folder.exists():
                archive.add(folder, ".")
    return packed.getvalue()


def _is_private(name):
    return name.split("/")[1:2] and name.split("/")[1] in PRIVATE


def _may_start_processes():
    from multiprocessing import current_process

    return not current_process().daemon
