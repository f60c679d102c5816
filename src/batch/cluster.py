"""The same plan on a Dask cluster: each country is one task, to which its data is sent and which sends back its files.

No disk is shared. A worker has this project installed in the same version; a country whose worker is lost is begun
again on another.
"""

import hashlib
import io
import json
import shutil
import tarfile
import tempfile
from importlib.metadata import version
from pathlib import Path

from batch import execute, plan
from batch.turns import Slots
from contract import Refused

PRIVATE = (
    "restricted",
    ".pending",
    ".lock",
)  # what people said in confidence stays on this machine
PATIENCE = "10s"


class Cluster:
    """Where jobs are run: the workers behind a scheduler's address."""

    def __init__(self, address, data):
        """Connect, compare versions and send the data; raises Refused in one sentence where that cannot be done."""
        try:
            from distributed import Client
        except ImportError:
            raise Refused(
                "`--scheduler` needs Dask: install this project with its extra `cluster`"
            ) from None
        try:
            self.client = Client(address, timeout=PATIENCE)
        except (OSError, TimeoutError, ValueError) as error:
            raise Refused(f"no scheduler answers at {address} ({error})") from None
        self._compare()
        self.data = self.client.scatter(pack(data), broadcast=True)
        self.pool = self.client.get_executor(retries=3)

    def submit(self, job, date, force):
        """Give the future of a job's outcomes and files."""
        return self.pool.submit(
            at_worker, self.data, job.key, job.parameters.get("edition"), job.timeout, date
        )

    def take(self, job, done):
        """Put the files that a job sent back in their place; give its outcomes."""
        try:
            outcomes, files = done.result()
        except (
            Exception
        ) as error:  # the cluster's own: workers lost three times over, a scheduler gone
            return [
                execute.Outcome(
                    job.key, "cluster", "failed", 0.0, None, type(error).__name__, str(error)
                )
            ]
        shutil.rmtree(job.making, ignore_errors=True)
        unpack(files, job.making)
        if outcomes[-1].status == "ok":
            execute.move_into_place(job)
        return outcomes

    def stop(self):
        """Give up what has not begun and leave the cluster."""
        self.pool.shutdown(wait=False)
        self.client.close()

    def _compare(self):
        """Raise Refused unless every worker runs what runs here, and may start processes."""
        here = about_this_place()
        workers = self.client.run(about_this_place)
        if not workers:
            raise Refused("the scheduler has no workers yet; start some and call again")
        for name, there in workers.items():
            other = [
                f"{part} {there[part]} (here {here[part]})"
                for part in here
                if there[part] != here[part]
            ]
            if other:
                raise Refused(
                    f"the worker {name} is not the same as this machine: {', '.join(other)}"
                )
        if not all(self.client.run(_may_start_processes).values()):
            raise Refused(
                "the workers may not start processes: start them with DASK_DISTRIBUTED__WORKER__DAEMON=False in their environment"
            )


def about_this_place():
    """Give what must be the same on both sides: versions, and the state of code and notebooks."""
    from batch import keys

    files = [
        p
        for folder in (keys.SOURCE, plan.NOTEBOOKS)
        for p in sorted(folder.rglob("*"))
        if _is_code(p)
    ]
    names = ("cop-assessment", "distributed", "pandas", "matplotlib", "papermill", "nbconvert")
    state = hashlib.sha256(b"".join(p.read_bytes() for p in files)).hexdigest()[:12]
    return {name: version(name) for name in names} | {"code and notebooks": state}


def at_worker(data, key, edition, timeout, date):
    """Run a country on a worker from the data sent; give its outcomes and the files it made, as an archive."""
    from distributed import get_worker

    execute.SLOTS = Slots(get_worker().state.nthreads)
    with tempfile.TemporaryDirectory(prefix="cop-") as folder:
        outputs = Path(folder) / "outputs"
        place = _unpacked_once(data)
        job = (
            plan.of_country(key, place, outputs, edition, timeout)
            if edition
            else plan.of_baseline(key, place, outputs, timeout)
        )
        execute.warm_up(job.parameters["data"])
        outcomes = execute.run(job, date, force=True)
        return outcomes, _made(job)


def pack(data):
    """Give a data folder, and those it stands on, as an archive: 0/ stands on 1/ and so on."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=1) as archive:
        for number, folder in enumerate(_standing_on(Path(data))):
            archive.add(
                folder,
                str(number),
                filter=lambda member: None if _is_private(member.name) else member,
            )
    return packed.getvalue()


def unpack(archive, folder):
    """Put the files of an archive into a folder."""
    with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
        packed.extractall(folder, filter="data")


def _unpacked_once(archive):
    """Give the data folder of an archive, unpacked in the worker's own folder, which goes when the worker goes."""
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
    """Give what a job made, whole or not, as the folder `making` was before it was moved into place."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=1) as archive:
        for folder in (job.making, job.ready):
            if folder.exists():
                archive.add(folder, ".")
        for page in job.site.glob("*.html"):
            archive.add(page, f"pages/{page.name}")
    return packed.getvalue()


def _standing_on(data):
    yield data
    base = json.loads((data / "datapackage.json").read_bytes()).get("cop:base")
    if base:
        yield from _standing_on(data / base)


def _is_private(name):
    return name.split("/")[1:2] and name.split("/")[1] in PRIVATE


def _is_code(path):
    return (
        path.suffix in (".py", ".ipynb", ".j2", ".css", ".json")
        and not path.name.startswith(".")
        and "checkpoints" not in str(path)
    )


def _may_start_processes():
    from multiprocessing import current_process

    return not current_process().daemon
