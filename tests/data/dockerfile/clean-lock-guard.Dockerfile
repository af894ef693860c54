FROM runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404
COPY lock/pylock.toml guard.txt /opt/
RUN pip install --no-cache-dir --no-deps -r /opt/pylock.toml
ENV PIP_CONSTRAINT=/opt/guard.txt
# Held by the guard.
RUN pip install gradio==5.0.0
