# In the manner of a project's own build of CUDA wheels.
ARG CUDA_VERSION=12.8.1
ARG PYTHON_VERSION=3.12
ARG BUILD_BASE_IMAGE=nvidia/cuda:${CUDA_VERSION}-devel-ubuntu22.04
ARG FINAL_BASE_IMAGE=nvidia/cuda:${CUDA_VERSION}-base-ubuntu22.04

FROM ${BUILD_BASE_IMAGE} AS base
ARG CUDA_VERSION
ARG PYTHON_VERSION
ENV DEBIAN_FRONTEND=noninteractive
RUN apt-get update -y && apt-get install -y ccache git curl sudo \
    && curl -LsSf https://astral.sh/uv/install.sh | sh \
    && ln -s $HOME/.local/bin/uv /usr/local/bin/uv
RUN uv venv --python ${PYTHON_VERSION} --seed /opt/venv
ENV VIRTUAL_ENV=/opt/venv PATH="/opt/venv/bin:$PATH"
COPY requirements/common.txt requirements/common.txt
RUN --mount=type=cache,target=/root/.cache/uv \
    uv pip install -r requirements/common.txt \
    --extra-index-url https://download.pytorch.org/whl/cu$(echo $CUDA_VERSION | cut -d. -f1,2 | tr -d '.')

FROM base AS build
COPY . .
RUN --mount=type=cache,target=/root/.cache/ccache \
    python3 setup.py bdist_wheel --dist-dir=dist --py-limited-api=cp38

FROM ${FINAL_BASE_IMAGE} AS serve
ARG CUDA_VERSION
SHELL ["/bin/bash", "-c"]
COPY --from=build /workspace/dist /tmp/dist
RUN --mount=type=cache,target=/root/.cache/uv \
    uv pip install --system /tmp/dist/*.whl --verbose \
        --extra-index-url https://download.pytorch.org/whl/cu128
RUN if [ "$CUDA_VERSION" = "12.8.1" ]; then \
        uv pip install --system https://wheels.example/flashinfer_python-0.2.5-cp312-cp312-linux_x86_64.whl; \
    fi
ENTRYPOINT ["python3", "-m", "server"]
