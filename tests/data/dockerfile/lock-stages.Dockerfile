FROM runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404 AS base
COPY lock/pylock.toml locked.toml
RUN pip install --no-deps -r locked.toml
FROM base AS tests
RUN pip install pytest
FROM base
RUN pip install --no-deps runpod
