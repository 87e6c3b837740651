"""A Python that has imported torch already: warm-python.py <socket>

Importing torch, and what its first backward pass imports, takes seconds; the contract test opens dozens of engines. A client sends a script's path with its stdin,
stdout and stderr; a fork of this process becomes that script. Ends when its own stdin closes.
"""

import os
import runpy
import select
import signal
import socket
import sys

import numpy
import safetensors.numpy
import safetensors.torch
import torch.fx.experimental.symbolic_shapes

server = socket.socket(socket.AF_UNIX)
server.bind(sys.argv[1])
server.listen()
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
print("ready", flush=True)

while True:
    readable, _, _ = select.select([server, sys.stdin], [], [])
    if sys.stdin in readable:
        os._exit(0)
    client, _ = server.accept()
    path, descriptors, _, _ = socket.recv_fds(client, 4096, 3)
    if os.fork() == 0:
        server.close()
        for target, descriptor in enumerate(descriptors):
            os.dup2(descriptor, target)
            os.close(descriptor)
        sys.stdin = os.fdopen(0)
        sys.path[0] = os.path.dirname(path.decode())
        runpy.run_path(path.decode(), run_name="__main__")
        os._exit(0)
    for descriptor in descriptors:
        os.close(descriptor)
    client.close()
