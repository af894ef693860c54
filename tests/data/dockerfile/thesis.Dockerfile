FROM runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404
WORKDIR /workspace
COPY requirements.txt .
RUN pip install --break-system-packages --no-cache-dir -r requirements.txt
