FROM runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404
COPY lock/pylock.toml /tmp/
RUN pip install -r /tmp/pylock.toml
RUN pip install gradio einops==0.7.0 "numpy>=2.1"
RUN pip install -r requirements-dev.txt
