FROM runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404
RUN bash -lc "set -e; cd /tmp && pip install 'torch==2.6.0'"
RUN ["bash", "-c", "pip install torch==2.5.1 && true"]
RUN ["pip", "install", "torch>=2.9"]
RUN time env PIP_NO_CACHE_DIR=1 sudo -E /usr/bin/python3 -u -m pip --quiet install -q torch~=2.6.0
RUN if [ -f x ]; then pip install torch==2.4.1; else (pip install "torch<2.8"); fi
RUN for p in torch==2.6.0 einops; do pip install $p; done
RUN V=2.7.1; pip install torch==$V || pip install torch==${V%.1}
RUN pip install "torch==$(cat version.txt)" $EXTRA
