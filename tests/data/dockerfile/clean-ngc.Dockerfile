FROM nvcr.io/nvidia/pytorch:25.11-py3
WORKDIR /workspace/app
COPY requirements-light.txt .
# The image has constraints of its own, which hold its torch.
RUN pip install --no-cache-dir --break-system-packages -r requirements-light.txt
