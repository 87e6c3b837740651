"""Tells what a Python environment has for the torch engine: one line of JSON on stdout, read by probe.ts.

    python -B probe.py numpy safetensors …
"""

import json
import platform
import sys
import warnings
from importlib import metadata


def version_of(package: str) -> str | None:
    """The installed version of a package, None where it is missing."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def gpu_facts() -> dict:
    """The CUDA devices that this PyTorch sees, and why a small computation on the first one fails, if it does."""
    import torch

    devices, error = [], None
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        try:
            for index in range(torch.cuda.device_count() if torch.cuda.is_available() else 0):
                properties = torch.cuda.get_device_properties(index)
                free, total = torch.cuda.mem_get_info(index)
                capability = f"{properties.major}.{properties.minor}"
                memory = {"freeBytes": free, "totalBytes": total}
                devices.append({"name": properties.name, "capability": capability, **memory})
            if devices:
                torch.ones(8, device="cuda").sum().item()
        except Exception as failure:  # Whatever it is, a person has to read it.
            error = f"{type(failure).__name__}: {failure}"
    if not devices and error is None and told:
        error = str(told[-1].message)
    return {"devices": devices, "error": error}


def facts(packages: list[str]) -> dict:
    """Versions of Python, PyTorch and the packages, and the GPU."""
    found = {
        "python": platform.python_version(),
        "packages": {package: version_of(package) for package in packages},
        "torch": None,
        "torchError": None,
        "gpu": None,
    }
    try:
        import torch
    except ModuleNotFoundError as error:
        # A missing module of PyTorch's own is another matter than a missing PyTorch.
        found["torchError"] = None if error.name == "torch" else str(error)
    except Exception as error:
        found["torchError"] = f"{type(error).__name__}: {error}"
    else:
        found["torch"] = {"version": str(torch.__version__), "cuda": torch.version.cuda}
        found["gpu"] = gpu_facts()
    return found


if __name__ == "__main__":
    print("\n" + json.dumps(facts(sys.argv[1:])))
