FROM runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404
COPY --from=ghcr.io/astral-sh/uv:latest /uv /bin/uv
RUN uv pip install einops
RUN uv pip install --system -U accelerate
RUN uv pip sync --system --break-system-packages requirements.txt
