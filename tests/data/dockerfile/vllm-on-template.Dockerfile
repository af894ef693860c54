FROM runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404
RUN python3.12 -m pip install vllm==0.11.0 && python3.12 -m pip install xformers --no-deps
