FROM runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404
ENV UV_SYSTEM_PYTHON=1 UV_BREAK_SYSTEM_PACKAGES=1
RUN uv pip sync pylock.toml
