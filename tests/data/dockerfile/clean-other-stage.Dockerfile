# Only the last stage counts: what the first one does stays there.
FROM python:3.12-slim AS export
RUN pip install torch==2.6.0 optimum onnx
RUN python -m venv /opt/tools && /opt/tools/bin/pip install -U awscli

FROM runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404
COPY --from=export /models /models
COPY <<EOF /start.sh
#!/bin/bash
pip install torch==2.6.0
EOF
CMD ["bash", "/start.sh"]
