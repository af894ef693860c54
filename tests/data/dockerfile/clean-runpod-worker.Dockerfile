# A serverless worker on the template's own torch.
FROM runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404

ENV PYTHONUNBUFFERED=1 \
    HF_HOME=/runpod-volume/huggingface

RUN apt-get update && apt-get install -y --no-install-recommends \
        ffmpeg \
        git \
    && rm -rf /var/lib/apt/lists/*

WORKDIR /app
COPY requirements-light.txt .
RUN pip install --no-cache-dir -r requirements-light.txt

COPY src/ .
CMD ["python3", "-u", "handler.py"]
