# test: --template vast-torch291-cu128-py312
FROM vastai/pytorch:2.9.1-cu128-cuda-12.9-mini-py312-2025-11-13
RUN conda install -y -c pytorch -c nvidia pytorch torchvision pytorch-cuda=12.4 pandas
