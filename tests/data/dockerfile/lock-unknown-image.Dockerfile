FROM registry.example/team/base:7
COPY lock/pylock.toml .
RUN pip install --no-deps -r pylock.toml
RUN pip install torch==2.6.0
