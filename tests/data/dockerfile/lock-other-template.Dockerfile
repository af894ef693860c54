FROM runpod/pytorch:1.0.3-cu1281-torch291-ubuntu2404
COPY lock/pylock.toml .
RUN pip install --no-deps -r pylock.toml
