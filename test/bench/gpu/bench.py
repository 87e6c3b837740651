"""One round on real shapes against the device's floor, and against TRL on the same work: `bench.py [--device cpu] [--shapes …]`.

Needs torch, numpy, safetensors and transformers; TRL, PEFT and datasets for the comparison. No network: weights are random.
Prints a table and, last, everything as one JSON line. Whole in at most 8 minutes on one GPU; it stops to begin shapes after that.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import ceilings
import floor
import ours
import shapes
import torch

ALL = {shape.name: shape for shape in (shapes.LLAMA_3B, shapes.QWEN3_06B, shapes.SMOLLM2, shapes.TINY)}
BUDGET_SECONDS = 8 * 60
# The switches, one off at a time: what each is worth.
PLAIN = ("graphDecode", "sharedPrompts", "mergedAdapter", "chunkedLogits", "compile")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--device", default="cuda", choices=("cuda", "cpu"))
    parser.add_argument("--shapes", nargs="+", choices=ALL, default=[name for name in ALL if name != "tiny"])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--trl", nargs="*", choices=("default", "tuned", "continuous"), default=["tuned"])
    parser.add_argument("--switches", action="store_true", help="measure each switch on the first shape")
    asked = parser.parse_args()
    began = time.monotonic()
    most = ceilings.measure(asked.device)
    name = torch.cuda.get_device_name() if asked.device == "cuda" else "CPU: these numbers mean nothing"
    print(f"{name}, torch {torch.__version__}, {time.strftime('%Y-%m-%d')}")
    print(f"measured ceilings: {most.bandwidth / 1e12:.2f} TB/s copied, {most.flops / 1e12:.0f} TFLOP/s in bfloat16\n")
    results = []
    for index, each in enumerate(asked.shapes):
        if time.monotonic() - began > BUDGET_SECONDS:
            print(f"{each}: left out, {BUDGET_SECONDS} s are over")
            continue
        results.append(one(ALL[each], most, asked, with_switches=asked.switches and index == 0))
    print(json.dumps({"device": name, "ceilings": vars(most), "results": results}))


def one(shape: shapes.Shape, most: ceilings.Ceilings, asked: argparse.Namespace, with_switches: bool) -> dict:
    """A shape's table."""
    work = shape.work
    print(f"{shape.name}: {work.queries} queries × {work.answers} answers, {work.prompt} + {work.answer} tokens, LoRA r=32")
    dtype = torch.bfloat16 if asked.device == "cuda" else torch.float32
    with tempfile.TemporaryDirectory() as folder:
        shape.write(Path(folder), asked.device, dtype)
        least = floor.floors(shape, most)
        games, notices = {}, []
        for game in ("grpo", "lsp"):
            memory_reset(asked.device)
            player = ours.Ours(shape, Path(folder), asked.device, {})
            games[game] = player.measure(game, asked.rounds)
            notices += player.notices
            report(game, games[game], least, memory_peak(asked.device))
            del player
        switches = {}
        for switch in PLAIN if with_switches else ():
            memory_reset(asked.device)
            player = ours.Ours(shape, Path(folder), asked.device, {switch: False})
            switches[switch] = player.measure("grpo", max(1, asked.rounds - 1))
            whole = sum(switches[switch].values()) / sum(games["grpo"].values())
            print(f"  without {switch:15} {sum(switches[switch].values()):8.3f} s  {whole:5.2f}× the time")
            del player
        memory_reset(asked.device)
        trl = beside(shape, Path(folder), asked)
        for variant, seconds in trl.items():
            print(f"  TRL {variant:19} {seconds:8.3f} s  {seconds / sum(games['grpo'].values()):5.2f}× our GRPO round")
    for notice in notices:
        print(f"  notice: {notice}")
    print()
    return {"shape": shape.name, "floor": least, "ours": games, "switches": switches, "trl": trl, "notices": notices}


def report(game: str, measured: dict[str, float], least: dict[str, float], peak: int) -> None:
    """Phase by phase; a phase without a floor counts as none."""
    for phase, seconds in measured.items():
        bound = least.get(phase)
        ratio = f"{bound:8.3f} s  {seconds / bound:5.2f}×" if bound else f"{'–':>8}"
        print(f"  {game:5} {phase:17} {seconds:8.3f} s  floor {ratio}")
    whole, floor_whole = sum(measured.values()), sum(least.get(phase, 0.0) for phase in measured)
    print(f"  {game:5} {'round':17} {whole:8.3f} s  floor {floor_whole:8.3f} s  {whole / floor_whole:5.2f}×  peak {peak / 2**30:.1f} GiB")


def beside(shape: shapes.Shape, folder: Path, asked: argparse.Namespace) -> dict[str, float]:
    """Medians of TRL's own step times, in a process of its own; nothing where TRL is not installed."""
    work = shape.work
    generator = torch.Generator().manual_seed(1)
    prompts = torch.randint(shape.vocabulary - 1, (work.queries, work.prompt), generator=generator).tolist()
    medians = {}
    for variant in asked.trl:
        request = {
            "model": str(folder),
            "threads": 8,
            "prompts": prompts,
            "groups": work.answers,
            "answerTokens": work.answer,
            "steps": asked.rounds + 1,
            "variants": [variant],
            "device": asked.device,
            "lora": {"rank": ours.LORA["rank"], "alpha": ours.LORA["alpha"], "targets": ours.LORA["targets"]},
        }
        script = Path(__file__).parents[1] / "trl/trl_round.py"
        run = subprocess.run([sys.executable, script], input=f"{json.dumps(request)}\n", capture_output=True, text=True)
        if run.returncode != 0:
            print(f"  TRL {variant}: {run.stderr.strip().splitlines()[-1]}")
            continue
        times = sorted(json.loads(run.stdout)["times"][variant][1:])
        medians[variant] = times[len(times) // 2]
    return medians


def memory_reset(device: str) -> None:
    if device == "cuda":
        torch.cuda.empty_cache()
        torch.cuda.reset_peak_memory_stats()


def memory_peak(device: str) -> int:
    """Bytes that were allocated at most since the reset."""
    return torch.cuda.max_memory_allocated() if device == "cuda" else 0


main()
