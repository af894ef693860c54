# syntax=docker/dockerfile:1
FROM runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404
RUN --mount=type=cache,target=/root/.cache/pip <<EOF
#!/usr/bin/env bash
set -euo pipefail
pip install \
    einops \
    torch==2.6.0
EOF
RUN bash <<'EOF'
pip install torch==2.5.1
EOF
