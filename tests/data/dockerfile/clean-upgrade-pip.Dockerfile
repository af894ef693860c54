FROM runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404
RUN python3 -m pip install --upgrade pip setuptools wheel
RUN pip install -U --no-deps "transformers>=4.55"
RUN pip install 'torch>=2.4' "torchvision"
