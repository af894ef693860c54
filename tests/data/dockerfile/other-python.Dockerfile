FROM runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404
RUN pip3.10 install einops
RUN sudo -H python3.11 -m pip install --no-cache-dir einops
