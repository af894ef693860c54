FROM runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404
ENV VIRTUAL_ENV=/opt/venv
RUN python3 -m venv $VIRTUAL_ENV
ENV PATH="$VIRTUAL_ENV/bin:$PATH"
RUN pip install torch torchvision einops
