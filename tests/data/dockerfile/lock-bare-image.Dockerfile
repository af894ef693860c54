FROM nvidia/cuda:12.8.1-runtime-ubuntu24.04
RUN pip install torch==2.6.0
COPY lock/pylock.toml .
RUN pip install --no-deps -r pylock.toml
