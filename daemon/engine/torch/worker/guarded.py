"""Runs a Python module, e.g. pip, that ends with whoever started it.

A daemon that is killed can't end its pip, and two of them would write one environment. Its end closes stdin here.

    python -I guarded.py pip install …
"""

import os
import runpy
import sys
import threading


def end_with_starter() -> None:
    """Waits until stdin is at its end, and then ends this process at once."""
    while os.read(0, 1 << 16):
        pass
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=end_with_starter, daemon=True).start()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
