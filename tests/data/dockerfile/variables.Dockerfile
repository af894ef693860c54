ARG RELEASE=1.0.2
ARG CUDA=cu1281
FROM --platform=linux/amd64 runpod/pytorch:${RELEASE}-${CUDA:-cu1290}-torch280-ubuntu2404 AS base
ARG TORCH_VERSION=2.6.0
ARG RELEASE
ENV TORCH_PIN="torch==${TORCH_VERSION}" EXTRAS="einops  safetensors"
FROM base AS app
RUN pip install $TORCH_PIN $EXTRAS
FROM app
RUN pip install "${TORCH_PIN}" ${UNSET:-torch==2.5.0}
