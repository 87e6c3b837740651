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

# Progress is told at most this often, seconds.
PROGRESS_INTERVAL = 0.1

# Answers go where stdout went; whatever is printed, by a library in C as well, goes to stderr.
answers = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)

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


def checkpoint(request: int, done: int, total: int) -> None:
    """Between two steps of a request: ends it if it was cancelled, tells its progress now and then."""
    global last_told
    # Lets the reading thread run.
    time.sleep(0)
    if request in aborted:
        raise Aborted
    if time.monotonic() - last_told > PROGRESS_INTERVAL:
        last_told = time.monotonic()
        write_frame(answers, {"id": request, "progress": [done, total]})


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
    threading.Thread(target=read, daemon=True).start()
    try:
        from verbs import Verbs
    except ImportError as error:
        refusal = Refused("no-torch", python=sys.executable, detail=str(error))
        while True:
            write_frame(answers, {"id": requests.get().header["id"], "value": refusal.answer})
    verbs = Verbs(checkpoint)
    while True:
        frame = requests.get()
        write_frame(answers, *answer(verbs, frame))
        aborted.discard(frame.header["id"])


main()
