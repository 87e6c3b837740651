"""Where to compute, and how much memory there is for it."""

import torch
from refused import Refused

# Bytes that the largest buffers of a call may take on the CPU.
CPU_BUDGET = 1_500_000_000


def choose_device(asked: str | None) -> torch.device:
    """What was asked for, or the GPU if there is one. A GPU that can't be used is refused with the reason."""
    if asked == "cpu" or (asked is None and not torch.cuda.is_available()):
        return torch.device("cpu")
    if torch.version.cuda is None:
        raise Refused("torch-without-cuda", detail=torch.__version__)
    try:
        torch.cuda.init()
    except RuntimeError as error:
        raise Refused("no-gpu", detail=str(error).splitlines()[0]) from error
    major, minor = torch.cuda.get_device_capability()
    # PyTorch runs on a GPU whose major version it was built for.
    if not any(name.startswith(f"sm_{major}") for name in torch.cuda.get_arch_list()):
        raise Refused("gpu-too-unlike", detail=f"{torch.cuda.get_device_name()} (sm_{major}{minor})")
    return torch.device("cuda")


def memory_budget(device: torch.device) -> int:
    """Bytes that the largest buffers of a call may take. Asked once: batches must not depend on what ran before."""
    return torch.cuda.mem_get_info(device)[0] // 2 if device.type == "cuda" else CPU_BUDGET
