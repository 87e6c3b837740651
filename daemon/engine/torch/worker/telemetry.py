"""What the process takes of its device, told every few seconds while a request is under way."""

import importlib.util
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

# Seconds between two tellings.
INTERVAL = 2.0

STATUS, MEMINFO = Path("/proc/self/status"), Path("/proc/meminfo")


class Telemetry:
    """A thread that tells while `busy` is set."""

    def __init__(self, tell: Callable[[dict[str, float]], None]) -> None:
        self.tell = tell
        self.busy = threading.Event()
        threading.Thread(target=self.run, daemon=True).start()

    def run(self) -> None:
        while self.busy.wait():
            found = measure()
            if found:
                self.tell(found)
            time.sleep(INTERVAL)


def measure() -> dict[str, float] | None:
    """Bytes used, the most so far, and in all: of the GPU once it is in use, else of main memory where Linux tells."""
    torch = sys.modules.get("torch")
    cuda = getattr(torch, "cuda", None)
    if cuda and cuda.is_initialized():
        found = {
            "usedBytes": cuda.memory_reserved(),
            "peakBytes": cuda.max_memory_reserved(),
            "totalBytes": cuda.mem_get_info()[1],
        }
        # The driver's own library tells; without its package nobody does.
        if importlib.util.find_spec("pynvml"):
            found["utilisation"] = cuda.utilization() / 100
        return found
    if not STATUS.exists():
        return None
    status, total = fields(STATUS), fields(MEMINFO)["MemTotal"]
    return {"usedBytes": status["VmRSS"], "peakBytes": status["VmHWM"], "totalBytes": total}


def fields(path: Path) -> dict[str, int]:
    """The sizes in a file of the kernel's, in bytes."""
    lines = (line.split() for line in path.read_text().splitlines())
    return {line[0].rstrip(":"): int(line[1]) * 1024 for line in lines if line[-1:] == ["kB"]}
