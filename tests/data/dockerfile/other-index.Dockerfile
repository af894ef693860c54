FROM runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404
ARG TORCH_INDEX=https://download.pytorch.org/whl/cu121
ENV PIP_EXTRA_INDEX_URL=${TORCH_INDEX}
RUN pip install torchao --extra-index-url ${TORCH_INDEX}
RUN pip install torchcodec --extra-index-url https://download.pytorch.org/whl/cu128/
