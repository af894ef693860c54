FROM nvidia/cuda:12.6.3-cudnn-runtime-ubuntu24.04 AS base
ENV DEBIAN_FRONTEND=noninteractive PIP_PREFER_BINARY=1
RUN apt-get update && apt-get install -y python3.12 python3.12-venv git wget libgl1 \
    && ln -sf /usr/bin/python3.12 /usr/bin/python
RUN wget -qO- https://astral.sh/uv/install.sh | sh \
    && ln -s /root/.local/bin/uv /usr/local/bin/uv \
    && uv venv /opt/venv
ENV PATH="/opt/venv/bin:${PATH}"
RUN uv pip install comfy-cli pip setuptools wheel
RUN /usr/bin/yes | comfy --workspace /comfyui install --version 0.3.43 --nvidia
RUN uv pip install torch torchvision torchaudio --force-reinstall --index-url https://download.pytorch.org/whl/cu128
WORKDIR /
RUN uv pip install runpod requests websocket-client
ADD src/start.sh handler.py ./
CMD ["/start.sh"]

FROM base AS downloader
ARG MODEL_TYPE=flux
RUN if [ "$MODEL_TYPE" = "flux" ]; then wget -q -O models/f.safetensors https://models.example/f; fi

FROM base AS final
COPY --from=downloader /comfyui/models /comfyui/models
