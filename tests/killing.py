"""Kill a process before each of its file operations, and check the state that it leaves."""

import os
from pathlib import Path

POINTS = ("replace", "rename", "unlink", "remove", "link", "rmdir", "mkdir", "fsync", "chmod")
KILLED = 77


def begun(work):
    """Run a function in a forked process, which exits with its result, and return the pid."""
    child = os.fork()
    if not child:
        try:
            status = work()
        except BaseException:
            status = 99
        os._exit(status)
    return child


def ended(child):
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_at(number, root, work):
    """Run a function in a process that exits before its n-th file operation below `root`.

    Returns whether it did, which is false for a function with fewer operations.
    """
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
    """Kill `work` before each of its file operations in `numbers`; return (kills, problems).

    `begin` creates the old state below `root`. `work` creates the new state and returns None or a
    problem. `state` returns the current state, and `fits(state, new)` whether it is allowed after a
    kill. After a kill, `work` runs again unless the state is new; with `repeat`, it always does.
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
    """Return the sorted keys whose values differ between the states."""
    names = sorted({name for state in states for name in state})
    return [name for name in names if len({repr(state.get(name)) for state in states}) > 1]
