"""The torch engine's process: reads requests from stdin, one at a time, answers on stdout.

A thread reads, so that `abort` overtakes the request in work; it is noticed between steps. Ends when stdin closes, that is
when the daemon dies.
"""

import faulthandler
import os
import queue
import signal
import sys
import threading
import time
import traceback
from typing import Any

from frames import Frame, read_frames, write_frame
from refused import Aborted, Refused
from telemetry import Telemetry

# Progress is told at most this often, seconds.
PROGRESS_INTERVAL = 0.1

# Answers go where stdout went; whatever is printed, by a library in C as well, goes to stderr.
answers = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)

# Threads write whole frames.
writing = threading.Lock()

requests: queue.SimpleQueue[Frame] = queue.SimpleQueue()
aborted: set[int] = set()
last_told = 0.0


def read() -> None:
    """Takes requests in as they come."""
    for frame in read_frames(sys.stdin.buffer):
        if frame.header["verb"] == "abort":
            aborted.add(frame.header["target"])
        else:
            requests.put(frame)
    os._exit(0)


def write(header: dict[str, Any], arrays: tuple = ()) -> None:
    """Writes a frame to the daemon."""
    with writing:
        write_frame(answers, header, arrays)


def notice(code: str, message: str, next_: str) -> None:
    """Tells what was changed so that the work could go on."""
    write({"id": 0, "notice": {"code": code, "message": message, "next": next_}})


def checkpoint(request: int, done: int, total: int) -> None:
    """Between two steps of a request: ends it if it was cancelled, tells its progress now and then."""
    global last_told
    # Lets the reading thread run.
    time.sleep(0)
    if request in aborted:
        raise Aborted
    if time.monotonic() - last_told > PROGRESS_INTERVAL:
        last_told = time.monotonic()
        write({"id": request, "progress": [done, total]})


def answer(verbs: Any, frame: Frame) -> tuple[dict[str, Any], tuple]:
    """Does what a frame asks; the answer's header and arrays."""
    request = frame.header["id"]
    try:
        if request in aborted:
            raise Aborted
        value, arrays = getattr(verbs, frame.header["verb"])(*frame)
        return {"id": request, "value": value}, arrays
    except Aborted:
        return {"id": request, "error": {"aborted": True}}, ()
    except Refused as refused:
        return {"id": request, "value": refused.answer}, ()
    except Exception:
        return {"id": request, "error": {"message": traceback.format_exc()}}, ()


def main() -> None:
    faulthandler.enable()
    # The daemon asks so where a worker that no longer answers stands. (Windows has no such signal.)
    if hasattr(signal, "SIGUSR1"):
        faulthandler.register(signal.SIGUSR1, all_threads=True)
    # The terminal's Ctrl+C goes to the whole process group; the daemon decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Has to be said before CUDA starts, for deterministic sums.
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    # Threads that wait awake would take the cores from whoever they wait for.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    # oneDNN keeps what it compiled for a shape, 1024 of them unless told: on nano, whose rounds are all of other shapes, the worker
    # grew to 1024 MB in 200 rounds, with these to 425 MB and no slower.
    for name in ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "LRU_CACHE_CAPACITY"):
        os.environ.setdefault(name, "128")
    threading.Thread(target=read, daemon=True).start()
    try:
        from verbs import Verbs
    except ImportError as error:
        refusal = Refused("no-torch", python=sys.executable, detail=str(error))
        while True:
            write({"id": requests.get().header["id"], "value": refusal.answer})
    verbs = Verbs(checkpoint, notice)
    telemetry = Telemetry(lambda found: write({"id": 0, "telemetry": found}))
    while True:
        telemetry.busy.clear()
        frame = requests.get()
        telemetry.busy.set()
        write(*answer(verbs, frame))
        aborted.discard(frame.header["id"])


main()
