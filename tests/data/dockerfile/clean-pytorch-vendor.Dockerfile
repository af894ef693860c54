# In the manner of a framework's own images: conda, build arguments, stages.
ARG BASE_IMAGE=ubuntu:22.04
ARG PYTHON_VERSION=3.11

FROM ${BASE_IMAGE} AS dev-base
RUN apt-get update && apt-get install -y --no-install-recommends \
        build-essential \
        ca-certificates \
        cmake && \
    rm -rf /var/lib/apt/lists/*
ENV PATH=/opt/conda/bin:$PATH

FROM dev-base AS conda
ARG PYTHON_VERSION
ARG TARGETPLATFORM
RUN case ${TARGETPLATFORM} in \
         "linux/arm64")  MINICONDA_ARCH=aarch64  ;; \
         *)              MINICONDA_ARCH=x86_64   ;; \
    esac && \
    curl -fsSL -o ~/miniconda.sh "https://repo.example/Miniconda3-latest-Linux-${MINICONDA_ARCH}.sh"
RUN bash ~/miniconda.sh -b -p /opt/conda && \
    /opt/conda/bin/conda install -y python=${PYTHON_VERSION} cmake conda-build pyyaml numpy ipython && \
    /opt/conda/bin/conda clean -ya

FROM conda AS conda-installs
ARG CUDA_PATH=cu121
ARG INSTALL_CHANNEL=whl
RUN case ${TARGETPLATFORM} in \
         "linux/arm64")  pip install --extra-index-url https://download.pytorch.org/whl/cpu/ torch torchvision torchaudio ;; \
         *)              pip install --index-url https://download.pytorch.org/${INSTALL_CHANNEL}/${CUDA_PATH#.}/ torch torchvision torchaudio ;; \
    esac && \
    /opt/conda/bin/conda clean -ya
RUN IS_CUDA=$(python -c 'import torch ; print(torch.cuda._is_compiled())'); \
    if test "${IS_CUDA}" != "True" -a ! -z "${CUDA_VERSION}"; then \
        exit 1; \
    fi

FROM ${BASE_IMAGE} AS official
COPY --from=conda-installs /opt/conda /opt/conda
WORKDIR /workspace
