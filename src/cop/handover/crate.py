"""RO-Crate metadata of a hand-over: what each file is, for archives and the programs they use."""

import json
from collections.abc import Iterable, Mapping

from cop.data import Refused
from cop.report.languages import SOURCE

NAME, VERSION = "ro-crate-metadata.json", "1.2"
WITHOUT = (
    "a sealed file describes itself by rocrate, which is not installed here; bring it in with "
    "`python -m pip install 'rocrate>=0.16,<0.17'`"
)
KINDS = {
    ".csv": "text/csv",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".html": "text/html",
    ".ipynb": "application/x-ipynb+json",
    ".json": "application/json",
    ".pdf": "application/pdf",
}


def described(
    about: Mapping, paths: Iterable[str], names: Mapping[str, str], spoken: Mapping[str, str]
) -> bytes:
    """Give the metadata of files by their paths; `names` are the titles of some of them, `spoken`
    the languages of folders, by the beginning of paths.

    `about` holds title, description, licence, day and commit of the whole. Raises Refused where
    rocrate is not there.
    """
    try:
        from rocrate.rocrate import ROCrate
    except ImportError as error:
        raise Refused(WITHOUT) from error
    crate = ROCrate(version=VERSION)
    crate.name, crate.description = about["title"], about["description"]
    crate.license, crate.datePublished = about["licence"], about["day"]
    crate.root_dataset["inLanguage"] = list(spoken.values())
    if about["commit"]:
        crate.root_dataset["version"] = about["commit"]
    for path in sorted(paths):
        kind = KINDS[path[path.rindex(".") :]]
        properties = {"name": names.get(path, path), "encodingFormat": kind}
        properties["inLanguage"] = spoken.get(path.rpartition("/")[0] + "/", SOURCE)
        crate.add_file(dest_path=path, properties=properties)
    return (json.dumps(crate.metadata.generate(), ensure_ascii=False, indent=1) + "\n").encode()
