FROM condaforge/miniforge3:24.11.3-0
SHELL ["conda", "run", "--no-capture-output", "-n", "base", "/bin/bash", "-c"]
RUN mamba install -y -c pytorch -c nvidia pytorch pytorch-cuda=12.4 && mamba clean -afy
RUN pip install --upgrade xformers vllm
