FROM runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404
RUN pip install https://download.pytorch.org/whl/cu124/torch-2.6.0%2Bcu124-cp312-cp312-linux_x86_64.whl
RUN pip install "torch @ https://download.pytorch.org/whl/cu128/torch-2.8.0%2Bcu128-cp312-cp312-manylinux_2_28_x86_64.whl"
RUN pip install ./dist/flash_attn-2.7.4-cp312-cp312-linux_x86_64.whl --no-deps
