# syntax=docker/dockerfile:1
FROM runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404
WORKDIR /app
COPY lock/pylock.toml ./
RUN --mount=type=cache,target=/root/.cache/pip \
    pip install --no-deps -r pylock.toml
COPY . .
CMD ["python3", "train.py"]
