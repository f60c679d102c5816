"""Work that is killed at a step on the disk leaves the old or the new state."""

import os
from pathlib import Path

POINTS = ("replace", "rename", "unlink", "remove", "link", "rmdir", "mkdir", "fsync", "chmod")
KILLED = 77


def begun(work):
    """Begin work in a forked process; return its number."""
    child = os.fork()
    if not child:
        try:
            status = work()
        except BaseException:
            status = 99
        os._exit(status)
    return child


def ended(child):
    """Wait for a process; return its exit status."""
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_at(number, root, work):
    """Work in a process that dies before its n-th step under a folder; return whether it died."""
    count = 0

    def counted(real):
        def step(*arguments, **named):
            nonlocal count
            inside = any(str(a).startswith(str(root)) for a in arguments) or "dir_fd" in named
            count += inside or real is fsync
            if count == number:
                os._exit(KILLED)
            return real(*arguments, **named)

        return step

    fsync, opened, emptied = os.fsync, Path.open, counted(lambda *_: None)

    def open_counted(path, *arguments, **named):
        file = opened(path, *arguments, **named)
        if file.writable():  # emptied, and nothing written yet
            emptied(path)
        return file

    def work_counted():
        for name in POINTS:
            setattr(os, name, counted(getattr(os, name)))
        Path.open = open_counted
        work()
        return 0

    return ended(begun(work_counted)) == KILLED


def kill(numbers, root, begin, work, state, fits, repeat=False):
    """Kill work at these of its steps; return how many kills there were and what was wrong.

    `begin` lays the old state under the root, where `work` makes the new one and returns None, or
    what went wrong; `state` returns the state and `fits` whether one met after a kill is allowed.
    Work that may be repeated is done again even where all of it had been done.
    """
    begin()
    problem = work()
    assert problem is None, problem
    after, killed, wrong = state(), 0, []
    for number in numbers:
        begin()
        if not killed_at(number, root, work):
            break
        killed += 1
        now = state()
        if not fits(now, after):
            wrong.append((number, "mixed", differing(now, after)))
        problem = work() if repeat or now != after else None
        if problem or state() != after:
            wrong.append((number, "not completed", problem, differing(state(), after)))
        if left := {p.name for p in root.rglob(".*")} - {".lock"}:
            wrong.append((number, "left behind", left))
    return killed, wrong


def differing(*states):
    """Return the names that are not the same in all states."""
    names = sorted({name for state in states for name in state})
    return [name for name in names if len({repr(state.get(name)) for state in states}) > 1]
