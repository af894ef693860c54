# syntax=docker/dockerfile:1
FROM runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404
COPY --from=ghcr.io/astral-sh/uv:0.9.0 /uv /uvx /bin/
ENV UV_SYSTEM_PYTHON=1 UV_BREAK_SYSTEM_PACKAGES=1 UV_LINK_MODE=copy
RUN --mount=type=cache,target=/root/.cache/uv \
    --mount=type=bind,source=lock/pylock.toml,target=/tmp/pylock.toml \
    uv pip install --no-deps -r /tmp/pylock.toml
