FROM runpod/pytorch:1.0.9-cu1281-torch280-ubuntu2404
RUN pip install torch==2.6.0
