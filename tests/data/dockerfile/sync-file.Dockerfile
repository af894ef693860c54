FROM runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404
COPY requirements-light.txt .
RUN uv pip sync requirements-light.txt
