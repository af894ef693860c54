# syntax=docker/dockerfile:1.7
FROM runpod/pytorch:1.0.2-cu1281-torch280-ubuntu2404
RUN <<EOF
set -eux
apt-get update
apt-get install -y --no-install-recommends tini  # pip install torch==1.0
cat > /etc/motd <<'TEXT'
pip install torch==2.6.0
TEXT
echo "pip install torch==2.6.0" > /tmp/hint
EOF
RUN <<EOT python3
import subprocess
pip = "pip install torch==2.6.0"
EOT
RUN <<-"A" <<-B
	pip install einops
	A
	true
	B
