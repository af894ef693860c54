FROM runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404
RUN pip uninstall -y torch torchvision torchaudio && \
    pip install --pre torch --index-url https://download.pytorch.org/whl/nightly/cu128
