# test: --template vast-torch291-cu128-py312
FROM vastai/pytorch:2.9.1-cu128-cuda-12.9-mini-py312-2025-11-13
RUN . /venv/main/bin/activate && pip install --no-cache-dir einops
