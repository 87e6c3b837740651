"""Prints the event file that TensorBoard's own code writes for the rounds of tensorboard.test.ts, as base64.

pip install tensorboard==2.21.0 && python test/unit/store/tensorboard-golden.py
"""

import base64
import io

from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.summary.writer.record_writer import RecordWriter

file = io.BytesIO()
writer = RecordWriter(file)


def put(event: Event) -> None:
    writer.write(event.SerializeToString())


put(Event(wall_time=1767225599.5, file_version="brain.Event:2"))
put(Event(wall_time=1767225599.5, step=3, session_log=SessionLog(status=SessionLog.START)))
for step, metrics in [
    (3, {"eval/accuracy": 0.25, "solver/reward": 3.5, "solver/kl": -3e-3}),
    (4, {"solver/reward": 4.5, "solver/kl": -4e-3, "grad_norm": 0.0}),
]:
    event = Event(wall_time=1767225600.0 + step * 0.25, step=step)
    for tag, value in metrics.items():
        event.summary.value.add(tag=tag, simple_value=value)
    put(event)
print(base64.b64encode(file.getvalue()).decode())
