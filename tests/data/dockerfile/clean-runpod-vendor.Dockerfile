# In the manner of a vendor's own template: torch is put into a CUDA base.
ARG BASE_IMAGE=nvidia/cuda:12.8.1-cudnn-devel-ubuntu24.04
FROM ${BASE_IMAGE}
ARG WHEEL_SRC=128
ARG TORCH=torch==2.8.0
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
ENV PIP_BREAK_SYSTEM_PACKAGES=1
RUN apt-get update --yes && apt-get upgrade --yes && \
    apt install --yes --no-install-recommends python3.12 python3.12-dev python3.12-venv
RUN curl https://bootstrap.pypa.io/get-pip.py -o get-pip.py && python3.12 get-pip.py
RUN python3.12 -m pip install --upgrade --no-cache-dir pip setuptools wheel
RUN python3.12 -m pip install --no-cache-dir ${TORCH} torchvision torchaudio --index-url https://download.pytorch.org/whl/cu${WHEEL_SRC}
RUN python3.12 -m pip install --no-cache-dir -U jupyterlab ipywidgets jupyter-archive
