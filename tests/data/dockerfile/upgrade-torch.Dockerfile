FROM runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404
RUN pip install -U torch transformers
RUN pip3 install --upgrade --upgrade-strategy eager diffusers
RUN pip install --upgrade -r requirements-light.txt
