FROM runpod/pytorch:2.8.0-py3.11-cuda12.8.1-cudnn-devel-ubuntu22.04
RUN pip install --no-deps torchao --index-url https://download.pytorch.org/whl/nightly/cu128
