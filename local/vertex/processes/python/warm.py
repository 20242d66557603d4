"""A Python that has the SDK's executor loaded already, and forks for each component: one line of JSON on standard input
starts one, one line of JSON on standard output tells that it runs, and another that it has ended.

It ends with its standard input; components go on by themselves, and write their status into their folder.
"""

import atexit
import json
import os
import random
import select
import signal
import sys
import tempfile
import threading
import traceback

from kfp.dsl import executor_main


def run(request):
    """Becomes the component's process. Never returns."""
    directory = request["directory"]
    os.setsid()
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for descriptor, name, flags in (
        (0, os.devnull, os.O_RDONLY),
        (1, os.path.join(directory, "stdout.log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND),
        (2, os.path.join(directory, "stderr.log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND),
    ):
        opened = os.open(name, flags, 0o644)
        os.dup2(opened, descriptor)
        os.close(opened)
    write(os.path.join(directory, "pid"), os.getpid())
    os.chdir(request["workingDirectory"])
    os.environ.clear()
    os.environ.update(request["environment"])
    # As `python3 -m kfp.dsl.executor_main` would have it, and what a new interpreter has of its own.
    sys.path[0:1] = [os.getcwd(), *(path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path)]
    sys.argv = [executor_main.__file__, *request["arguments"]]
    sys.modules["__main__"] = executor_main
    random.seed()
    tempfile.tempdir = None
    status = 1
    try:
        executor_main.executor_main()
        status = 0
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else 0 if error.code is None else 1
        if isinstance(error.code, str):
            print(error.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    threading._shutdown()
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    write(os.path.join(directory, "exit"), status & 0xFF)
    os._exit(status & 0xFF)


def write(path, number):
    with open(path, "w") as file:
        file.write(f"{number}\n")


def main():
    # What the SDK prints must not get between the lines for the server.
    answers = os.dup(1)
    os.dup2(2, 1)
    woken, wake = os.pipe()
    for descriptor in (woken, wake):
        os.set_blocking(descriptor, False)
    signal.set_wakeup_fd(wake)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    folders = {}

    def answer(message):
        os.write(answers, json.dumps(message).encode() + b"\n")

    def start(request):
        pid = os.fork()
        if pid == 0:
            for descriptor in (answers, woken, wake):
                os.close(descriptor)
            run(request)
        folders[pid] = request["directory"]
        answer({"started": request["directory"], "pid": pid})

    def reap():
        while folders:
            pid, ended = os.waitpid(-1, os.WNOHANG)
            if pid == 0:
                return
            directory = folders.pop(pid)
            if os.WIFSIGNALED(ended):
                write(os.path.join(directory, "exit"), 128 + os.WTERMSIG(ended))
            answer({"ended": directory})

    pending = b""
    while True:
        ready, _, _ = select.select([0, woken], [], [])
        if woken in ready:
            os.read(woken, 4096)
            reap()
        if 0 in ready:
            data = os.read(0, 1 << 20)
            if not data:
                return
            *lines, pending = (pending + data).split(b"\n")
            for line in lines:
                start(json.loads(line))


if __name__ == "__main__":
    main()
